import type { ComponentModel } from './component-model';
import { entrySchema } from './component-schema';
import { stepKey, type FlowDefinition, type FlowKind, type Step } from './flow';
import { graphOf } from './graph';
import { unknownSchema, type ModelField, type ModelSchema } from './model-schema';
import type { DataflowPlan, Prepared, SourceSchemas, StaticContext, StepType, WorkflowPlan } from './steps/define-step';
import { stepType } from './steps/index';
import type { WorkspaceIndex } from './workspace-index';

/** What a definition is judged against. */
export type FlowContext = { index: WorkspaceIndex; componentId: string; flowId?: string };

/** One step with everything static analysis knows of it. */
export type StepView = {
  step: Step;
  type: StepType | undefined;
  prepared: Prepared<DataflowPlan | WorkflowPlan> | undefined;
  sources: SourceSchemas;
  output: ModelSchema;
};

/** The model each step gives, by step id. */
export function schemasOf(definition: FlowDefinition, context: FlowContext): ReadonlyMap<string, ModelSchema> {
  return new Map([...viewsOf(definition, context)].map(([id, view]) => [id, view.output]));
}

const known = new WeakMap<FlowDefinition, { context: FlowContext; views: ReadonlyMap<string, StepView> }>();

export function viewsOf(definition: FlowDefinition, context: FlowContext): ReadonlyMap<string, StepView> {
  const cached = known.get(definition);
  if (cached && cached.context.index === context.index && cached.context.componentId === context.componentId) return cached.views;
  const views = build(definition, staticContext(context));
  known.set(definition, { context, views });
  return views;
}

export function staticContext({ index, componentId }: FlowContext): StaticContext {
  const missing: ComponentModel = { id: componentId, title: '', fields: [], settings: {} };
  return { index, component: index.components.find((each) => each.id === componentId) ?? missing };
}

function build(definition: FlowDefinition, context: StaticContext): Map<string, StepView> {
  const graph = graphOf(definition);
  const views = new Map<string, StepView>();
  const model = definition.kind === 'workflow' ? entrySchema(context.component) : undefined;
  for (const id of graph.order) {
    const step = graph.places.get(id)?.step;
    if (!step) continue;
    const sources: SourceSchemas = model ? { source: model } : {};
    for (const link of graph.sourcesOf(id)) sources[link.port] = views.get(link.stepId)?.output ?? unknownSchema;
    const { type, prepared } = preparedOf(step, definition.kind);
    views.set(id, { step, type, prepared, sources, output: outputOf(step, prepared, sources, context) });
  }
  return views;
}

type Ready = { type: StepType | undefined; prepared: Prepared<DataflowPlan | WorkflowPlan> | undefined };
const ready = new Map<string, Ready>();
const readyLimits = { entries: 4_000, keyLength: 2_000 };

/** Parsed once for equal parameters: a keystroke, or another reader of the same flow, parses one step and not all. */
function preparedOf(step: Step, kind: FlowKind): Ready {
  const key = `${kind} ${step.type} ${step.params ? JSON.stringify(step.params) : ''}`;
  const cached = ready.get(key);
  if (cached) return cached;
  const type = stepType(stepKey(kind, step.type));
  const made = { type, prepared: type?.prepare(step.params ?? {}) };
  if (ready.size >= readyLimits.entries) ready.clear();
  if (key.length <= readyLimits.keyLength) ready.set(key, made);
  return made;
}

function outputOf(step: Step, prepared: Ready['prepared'], sources: SourceSchemas, context: StaticContext): ModelSchema {
  const before = sources.source ?? sources.left;
  if (step.disabled) return before ?? unknownSchema;
  if (!prepared?.ok) return unknownSchema;
  const output = bounded(prepared.plan.outputSchema(sources, context), before);
  const withError = step.onError === 'continue' ? { ...output, fields: { ...output.fields, $error: errorField } } : output;
  return withOrigin(withError, before, step.id);
}

const errorField: ModelField = { type: 'object', open: false, fields: { code: { type: 'string' }, message: { type: 'string' }, step: { type: 'string' } } };

/** Beyond this many fields a step that adds one more is no longer tracked: 10,000 such steps would cost their square. */
const trackedFields = 256;

function bounded(output: ModelSchema, before: ModelSchema | undefined): ModelSchema {
  if (!before || output.fields === before.fields) return output;
  const count = Object.keys(before.fields).length;
  if (count < trackedFields || Object.keys(output.fields).length < count) return output;
  return { ...output, open: true, fields: before.fields };
}

/** Fields that are not the source's own were made here. Marked in place: a step gives its source's fields or fresh ones. */
function withOrigin(output: ModelSchema, before: ModelSchema | undefined, stepId: string): ModelSchema {
  const { fields } = output;
  if (fields === before?.fields) return output;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (field && (!before || before.fields[name] !== field)) fields[name] = madeBy(field, stepId);
  }
  return output;
}

function madeBy(field: ModelField, origin: string): ModelField {
  if (!field.fields) return { ...field, origin };
  const fields = Object.fromEntries(Object.entries(field.fields).map(([name, each]) => [name, each.origin ? each : { ...each, origin }]));
  return { ...field, fields, origin };
}
