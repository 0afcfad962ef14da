import { and, eq, isNull } from 'drizzle-orm';
import { validateEntry } from '#flow/entry-validation';
import { fail } from '#flow/failure';
import { flowDefinition } from '#flow/flow';
import { defaultLimits } from '#flow/limits';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import type { WorkflowStart, WorkflowStarted } from '#flow/steps/capabilities';
import { failValidation } from '#flow/steps/validate-input';
import { text } from '#flow/text';
import type { Executor } from './client';
import { findComponent } from './components';
import { readEntry } from './entries';
import { openInstance } from './instances';
import { insertRun, type Starter } from './run-request';
import { flows, flowVersions } from './schema';

/** Starts of workflows from a step, and what both ways of starting one share. */
export const deepestNesting = defaultLimits.nesting;
export type CallingStep = { workspaceId: string; runId: string; stepId: string; flowName: string; depth: number; startedBy: Starter; pins: Record<string, string>; nesting?: number };

/** The model of an entry not saved yet, from a caller's `{name?, data}` or bare fields; incomplete data is refused before anything starts. */
export async function workflowModel(db: Executor, workspaceId: string, componentId: string, given: Json): Promise<JsonObject> {
  const component = await findComponent(db, workspaceId, componentId);
  if (component === null) return fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
  const object = isJsonObject(given) ? given : {};
  const inner = object['data'] ?? null;
  const values = isJsonObject(inner) ? inner : object;
  const data = Object.fromEntries(component.fields.map((each): [string, Json] => [each.name, values[each.name] ?? null]));
  const checked = validateEntry(component.fields, data, 'create');
  if (!checked.ok) failValidation(checked.bad);
  return { id: 0, name: typeof object['name'] === 'string' ? object['name'] : null, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data: { ...data, ...checked.data } };
}

/** What an entry model says of a saved entry: its own fields, judged as a change of them; undefined when it says nothing. */
export async function givenFields(db: Executor, workspaceId: string, componentId: string, entryId: number, given: Json | undefined): Promise<JsonObject | undefined> {
  const values = isJsonObject(given ?? null) && isJsonObject(given) ? (given['data'] ?? null) : null;
  const component = isJsonObject(values) ? await findComponent(db, workspaceId, componentId) : null;
  if (component === null || !isJsonObject(given) || !isJsonObject(values)) return undefined;
  const data = Object.fromEntries(component.fields.filter((each) => Object.hasOwn(values, each.name)).map((each): [string, Json] => [each.name, values[each.name] ?? null]));
  const checked = validateEntry(component.fields, data, 'update');
  if (!checked.ok) failValidation(checked.bad);
  return { id: entryId, ...(typeof given['updateDate'] === 'string' ? { updateDate: given['updateDate'] } : {}), data: { ...data, ...checked.data } };
}

/** Inside the calling step's effect transaction: the instance exists exactly when the step's record says so. */
export async function startWorkflow(tx: Executor, caller: CallingStep, start: WorkflowStart): Promise<WorkflowStarted> {
  const deepest = caller.nesting ?? deepestNesting;
  if (caller.depth + 1 > deepest) fail('RECURSION_LIMIT', text(`Flows call one another more than ${deepest} levels deep.`, `Les flux s’appellent sur plus de ${deepest} niveaux.`));
  const [flow] = await tx.select({ id: flows.id, name: flows.name, kind: flows.kind, published: flows.publishedVersionId }).from(flows)
    .where(and(eq(flows.id, start.flowId), eq(flows.workspaceId, caller.workspaceId), eq(flows.componentId, start.componentId), isNull(flows.deletedAt)));
  if (!flow || flow.kind !== 'workflow') return fail('FLOW_NOT_FOUND', text(`There is no workflow "${start.flowId}" in this component.`, `Il n’y a pas de workflow « ${start.flowId} » dans ce composant.`));
  const versionId = caller.pins[flow.id] ?? flow.published;
  if (versionId === null) fail('NOT_PUBLISHED', text(`The workflow "${flow.name}" is not published. Publish it first.`, `Le workflow « ${flow.name} » n’est pas publié. Publiez-le d’abord.`));
  const [version] = await tx.select({ id: flowVersions.id, number: flowVersions.number, definition: flowVersions.definition }).from(flowVersions).where(eq(flowVersions.id, versionId));
  if (!version) throw new Error(`version ${versionId} of flow ${flow.id} is missing`);
  const entryId = 'entryId' in start.model ? start.model.entryId : null;
  if (entryId !== null && (await readEntry(tx, start.componentId, entryId)) === null) fail('ENTRY_NOT_FOUND', text(`There is no entry ${entryId} to start "${flow.name}" for.`, `Il n’y a pas d’entrée ${entryId} pour lancer « ${flow.name} ».`));
  const input = 'data' in start.model ? await workflowModel(tx, caller.workspaceId, start.componentId, { data: start.model.data, name: start.model.name })
    : await givenFields(tx, caller.workspaceId, start.componentId, start.model.entryId, start.model.given);
  const instance = await openInstance(tx, { workspaceId: caller.workspaceId, componentId: start.componentId, flowId: flow.id, entryId, by: caller.startedBy });
  const runId = await insertRun(tx, {
    workspaceId: caller.workspaceId, flow: { id: flow.id, name: flow.name, kind: 'workflow' }, version: { ...version, definition: flowDefinition.parse(version.definition) },
    trigger: 'flow', triggerName: caller.flowName, startedBy: caller.startedBy, input, entryId, instance, pins: caller.pins, parent: { runId: caller.runId, stepId: caller.stepId, depth: caller.depth },
  });
  return { instanceId: instance.id, runId, entryId, state: 'running' };
}
