import { and, eq, isNull } from 'drizzle-orm';
import { fail } from '#flow/failure';
import { flowDefinition, stepKey, stepsOf } from '#flow/flow';
import type { CalledFlow, DataflowStart } from '#flow/steps/capabilities';
import { stepType } from '#flow/steps/index';
import { text } from '#flow/text';
import type { Executor } from './client';
import { insertRun } from './run-request';
import { deepestNesting, type CallingStep } from './run-workflow';
import { components, flows, flowVersions } from './schema';

/** Inside the calling step's effect transaction: the sub-run exists exactly when the step's record says so. It acts for the same person. */
export async function startDataflow(tx: Executor, caller: CallingStep, start: DataflowStart): Promise<{ runId: string }> {
  const deepest = caller.nesting ?? deepestNesting;
  if (caller.depth + 1 > deepest) fail('RECURSION_LIMIT', text(`Flows call one another more than ${deepest} levels deep.`, `Les flux s’appellent sur plus de ${deepest} niveaux.`));
  const { flow, version } = await calledVersion(tx, caller, start);
  const runId = await insertRun(tx, {
    workspaceId: caller.workspaceId, flow: { id: flow.id, name: flow.name, kind: 'dataflow' }, version: { ...version, definition: flowDefinition.parse(version.definition) },
    trigger: start.trigger, triggerName: caller.flowName, startedBy: caller.startedBy, input: start.input, entryId: null, instance: null, pins: caller.pins, parent: { runId: caller.runId, stepId: caller.stepId, depth: caller.depth },
  });
  return { runId };
}

/** The flow as it is pinned, before anything is called; null when it cannot be called at all. */
export async function calledFlow(tx: Executor, caller: Pick<CallingStep, 'workspaceId' | 'pins'>, called: Pick<DataflowStart, 'flowId' | 'componentId'>): Promise<CalledFlow> {
  const { flow, version } = await calledVersion(tx, caller, called);
  const classes = stepsOf(flowDefinition.parse(version.definition)).map((step) => stepType(stepKey('dataflow', step.type))?.class);
  return { name: flow.name, sideEffects: classes.some((each) => each === 'effect' || each === 'async' || each === undefined) };
}

async function calledVersion(tx: Executor, caller: Pick<CallingStep, 'workspaceId' | 'pins'>, { flowId, componentId }: Pick<DataflowStart, 'flowId' | 'componentId'>) {
  const [flow] = await tx.select({ id: flows.id, name: flows.name, kind: flows.kind, published: flows.publishedVersionId }).from(flows).innerJoin(components, eq(components.id, flows.componentId))
    .where(and(eq(flows.id, flowId), eq(flows.workspaceId, caller.workspaceId), componentId === null ? undefined : eq(flows.componentId, componentId), isNull(flows.deletedAt), isNull(components.deletedAt)));
  if (!flow || flow.kind !== 'dataflow') return fail('FLOW_NOT_FOUND', text(`There is no dataflow "${flowId}" to call.`, `Il n’y a pas de flux de données « ${flowId} » à appeler.`));
  const versionId = caller.pins[flow.id] ?? flow.published;
  if (versionId === null) fail('NOT_PUBLISHED', text(`The dataflow "${flow.name}" is not published. Publish it first.`, `Le flux de données « ${flow.name} » n’est pas publié. Publiez-le d’abord.`));
  const [version] = await tx.select({ id: flowVersions.id, number: flowVersions.number, definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, versionId));
  if (!version) throw new Error(`version ${versionId} of flow ${flow.id} is missing`);
  return { flow, version };
}
