import type { z } from 'zod';
import type { ErrorCode } from '../error-code';
import type { FlowKind, SourcePort } from '../flow';
import type { Json, JsonObject } from '../json';
import type { ModelSchema } from '../model-schema';
import { formatPath } from '../path';
import type { StepProblem } from '../problems';
import type { Text } from '../text';
import type { WorkspaceIndex } from '../workspace-index';
import type { ComponentModel, EntryModel } from '../component-model';
import type { ItemList, StepUse } from './capabilities';
import { split, type ParamMeta, type ParamShape, type Params } from './field';

export const groups = ['input', 'transform', 'users', 'output', 'notifications', 'integrations', 'common', 'conditions'] as const;
export type Group = (typeof groups)[number];

/** steps.md §1.6: the engine switches on this, never on the type. */
export type ExecutionClass = 'pure' | 'read' | 'effect' | 'async' | 'wait' | 'control' | 'terminal';

/** Ports by the heading of the specification: none, one, optional or two (join). */
export type SourceRule = 'none' | 'one' | 'optional' | 'two';

/** What a step's static checks may look at. */
export type StaticContext = { index: WorkspaceIndex; component: ComponentModel };

/** Schemas of the sources by port; a port without a (valid) source is absent. */
export type SourceSchemas = { [P in SourcePort]?: ModelSchema };

export type DataflowInput = { source: ItemList; left: ItemList; right: ItemList };

export type DataflowOutcome =
  | { kind: 'items'; items: JsonObject[]; many: boolean; response?: Json }
  /** Parked until one of the child runs ends (or `until`, ISO); then the step runs again and finds its effects recorded. */
  | { kind: 'waiting'; reason: Text; childRuns: string[]; until?: string };

/** The instance's model and the model as loaded, to tell what changed. */
export type WorkflowInput = { model: JsonObject; loaded: JsonObject };

export type WorkflowOutcome =
  | { kind: 'model'; model: JsonObject; loaded?: JsonObject; next: { to: 'next' } | { to: 'lane'; case: string } | { to: 'finish' } | { to: 'draft' } }
  | { kind: 'waiting'; reason: Text; childRuns: string[]; until?: string };

/** `entries` are those there are in the component; `trigger` is what started the run, where that counts. */
type Example = { title: Text; params: JsonObject; entries?: EntryModel[]; input?: JsonObject[]; left?: JsonObject[]; right?: JsonObject[]; caller?: Json; trigger?: 'workflow'; output: Json };

type Described<P> = {
  id: string;
  group: Group;
  class: ExecutionClass;
  version: number;
  title: Text;
  summary: Text;
  /** Longer text of the documentation page, paragraphs separated by blank lines. */
  help: Text;
  /** A lucide icon name in kebab case. */
  icon: string;
  examples: Example[];
  /** The codes its section of the catalogue names, beside those every step can raise; engine/error-cases has a case for each. */
  errors: readonly ErrorCode[];
  /** `upgrades[n]` turns parameters of version n into version n + 1. */
  upgrades?: Record<number, (params: JsonObject) => JsonObject>;
  /** Runs that it begins are a part of it and are cancelled with it; others go on by themselves. */
  awaitsRuns?: (params: P) => boolean;
  /** The foot of an idle card, e.g. "precipitation greater 0"; empty text shows nothing. */
  foot?: (params: P, context: StaticContext) => Text;
  /** Checks beyond those the parameter meanings already give. */
  problems?: (params: P, sources: SourceSchemas, context: StaticContext) => StepProblem[];
};

type DataflowSpec<P> = Described<P> & {
  sources: SourceRule;
  cardinality: '→1' | '1→1' | '1→n' | 'n→1' | 'n→n' | 'n,n→n';
  /** Runs although its sources gave no item (join-models, export-to-file, write-response). */
  runsEmpty?: boolean;
  /** Adds to the run's queue of deferred writes, or writes what is queued; the latter waits for all that fill it before. */
  deferred?: 'queues' | 'applies';
  /** At most one of these starts a dataflow, from what the caller gave. */
  callerModel?: boolean;
  /** The source's schema itself, or one whose `fields` object is new. */
  outputSchema: (params: P, sources: SourceSchemas, context: StaticContext) => ModelSchema;
  run: (params: P, input: DataflowInput, use: StepUse) => Promise<DataflowOutcome> | DataflowOutcome;
};

type WorkflowSpec<P> = Described<P> & {
  /** Stores the model: changes made before it are kept. */
  stores?: boolean;
  /** The script never goes on behind it. */
  leaves?: boolean;
  /** What its lanes must end with: a finish or a reset to draft on every path. */
  lanesEnd?: boolean;
  /** Cases of the lanes a condition step owns. */
  lanes?: (params: P, context: StaticContext) => { case: string; label: Text }[];
  run: (params: P, input: WorkflowInput, use: StepUse) => Promise<WorkflowOutcome> | WorkflowOutcome;
};

type Checked = {
  outputSchema(sources: SourceSchemas, context: StaticContext): ModelSchema;
  problems(sources: SourceSchemas, context: StaticContext): StepProblem[];
  foot(context: StaticContext): Text;
  awaitsRuns(): boolean;
};

/** Parameters that passed their schema, bound to what can be asked of them. */
export type DataflowPlan = Checked & { run(input: DataflowInput, use: StepUse): Promise<DataflowOutcome> };
export type WorkflowPlan = Checked & { lanes(context: StaticContext): { case: string; label: Text }[]; run(input: WorkflowInput, use: StepUse): Promise<WorkflowOutcome> };

export type Prepared<Plan> = { ok: true; plan: Plan } | { ok: false; issues: { path: string; message: string }[] };

type StepTypeBase = Omit<Described<never>, 'foot' | 'problems' | 'awaitsRuns'> & {
  /** `<kind>/<id>`, never renamed. */
  key: string;
  kind: FlowKind;
  params: Record<string, ParamMeta>;
  paramsSchema: z.ZodType;
};

export type DataflowStep = StepTypeBase & {
  kind: 'dataflow'; sources: SourceRule; cardinality: string; runsEmpty: boolean; callerModel: boolean; deferred: 'queues' | 'applies' | null;
  prepare(params: JsonObject): Prepared<DataflowPlan>;
};
export type WorkflowStep = StepTypeBase & { kind: 'workflow'; ownsLanes: boolean; stores: boolean; leaves: boolean; lanesEnd: boolean; prepare(params: JsonObject): Prepared<WorkflowPlan> };
export type StepType = DataflowStep | WorkflowStep;

/** Stored parameters with the defaults of absent ones filled in. */
export function withDefaults(params: JsonObject, meta: Record<string, ParamMeta>): JsonObject {
  const filled: JsonObject = {};
  for (const [key, each] of Object.entries(meta)) if (each.default !== undefined) filled[key] = each.default;
  return { ...filled, ...params };
}

function parse<S extends z.ZodType, Plan>(schema: S, params: JsonObject, bind: (parsed: z.infer<S>) => Plan): Prepared<Plan> {
  const parsed = schema.safeParse(params);
  if (parsed.success) return { ok: true, plan: bind(parsed.data) };
  return { ok: false, issues: parsed.error.issues.map((issue) => ({ path: formatPath(issue.path.filter((each) => typeof each !== 'symbol')), message: issue.message })) };
}

const nothing: Text = { en: '', fr: '' };
const noSchema: ModelSchema = { cardinality: 'one', open: true, fields: {} };

type Parsed<P extends Params> = z.infer<z.ZodObject<ParamShape<P>, z.core.$strict>>;

export function defineDataflowStep<P extends Params>(params: P, spec: DataflowSpec<Parsed<P>>): DataflowStep {
  const { schema, meta } = split(params);
  const { foot, problems, awaitsRuns, outputSchema, run, runsEmpty, callerModel, deferred, ...rest } = spec;
  return {
    ...rest,
    kind: 'dataflow', key: `dataflow/${spec.id}`, params: meta, paramsSchema: schema,
    runsEmpty: runsEmpty ?? false, callerModel: callerModel ?? false, deferred: deferred ?? null,
    prepare: (stored) => parse(schema, withDefaults(stored, meta), (parsed) => ({
      outputSchema: (sources, context) => outputSchema(parsed, sources, context),
      problems: (sources, context) => problems?.(parsed, sources, context) ?? [],
      foot: (context) => foot?.(parsed, context) ?? nothing,
      awaitsRuns: () => awaitsRuns?.(parsed) ?? false,
      run: async (input, use) => run(parsed, input, use),
    })),
  };
}

export function defineWorkflowStep<P extends Params>(params: P, spec: WorkflowSpec<Parsed<P>>): WorkflowStep {
  const { schema, meta } = split(params);
  const { foot, problems, awaitsRuns, lanes, run, stores, leaves, lanesEnd, ...rest } = spec;
  return {
    ...rest,
    kind: 'workflow', key: `workflow/${spec.id}`, params: meta, paramsSchema: schema, ownsLanes: lanes !== undefined,
    stores: stores ?? false, leaves: leaves ?? spec.class === 'terminal', lanesEnd: lanesEnd ?? false,
    prepare: (stored) => parse(schema, withDefaults(stored, meta), (parsed) => ({
      outputSchema: (sources) => sources.source ?? noSchema,
      problems: (sources, context) => problems?.(parsed, sources, context) ?? [],
      foot: (context) => foot?.(parsed, context) ?? nothing,
      awaitsRuns: () => awaitsRuns?.(parsed) ?? false,
      lanes: (context) => lanes?.(parsed, context) ?? [],
      run: async (input, use) => run(parsed, input, use),
    })),
  };
}
