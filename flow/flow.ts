import { z } from 'zod';
import { id } from './id';
import type { Json } from './json';
import { retryPolicy, stepTimeoutMs } from './retry-policy';

/**
 * The canonical flow definition (protocols.md): what export writes, import reads, versions freeze and runs pin.
 * Array order is position order. Limits keep a hostile definition from costing more than it should.
 */
export const definitionLimits = { lanes: 200, stages: 500, steps: 10_000, notes: 1_000, nameLength: 100, noteLength: 10_000 };

const json: z.ZodType<Json> = z.json();
const name = z.string().trim().min(1, 'a name is needed').max(definitionLimits.nameLength, 'at most 100 characters');

export const flowKind = z.enum(['dataflow', 'workflow']);
export type FlowKind = z.infer<typeof flowKind>;

export const sources = z.strictObject({ source: id.optional(), left: id.optional(), right: id.optional() });
export type Sources = z.infer<typeof sources>;
export type SourcePort = keyof Sources;

export const step = z.strictObject({
  id,
  type: id,
  name,
  sources: sources.optional(),
  params: z.record(z.string(), json).optional(),
  disabled: z.boolean().optional(),
  note: z.string().max(definitionLimits.noteLength).optional(),
  onError: z.enum(['stop', 'continue']).optional(),
  retry: retryPolicy.optional(),
  timeoutMs: stepTimeoutMs.optional(),
});
export type Step = z.infer<typeof step>;

export const stage = z.strictObject({ id, name, steps: z.array(step).max(definitionLimits.steps) });
export type Stage = z.infer<typeof stage>;

export const lane = z.strictObject({
  id,
  when: z.strictObject({ step: id, case: z.string().max(200) }).optional(),
  stages: z.array(stage).max(definitionLimits.stages),
});
export type Lane = z.infer<typeof lane>;

export const note = z.strictObject({
  id,
  pos: z.tuple([z.number(), z.number()]),
  text: z.string().max(definitionLimits.noteLength),
  size: z.tuple([z.number(), z.number()]).optional(),
  colour: z.string().max(20).optional(),
});
export type Note = z.infer<typeof note>;

export const flowTimeoutMs = z.int().min(1_000).max(86_400_000);
export const flowConcurrency = z.int().min(1).max(10_000);
export const flowSettings = z.strictObject({
  generateApi: z.boolean().optional(),
  elevatedRights: z.boolean().optional(),
  description: z.string().max(2_000).optional(),
  /** How long a run of a dataflow may take. */
  timeoutMs: flowTimeoutMs.optional(),
  /** How many of its runs may be at work at once; the others wait in the queue. */
  concurrency: flowConcurrency.optional(),
});
export type FlowSettings = z.infer<typeof flowSettings>;

export const flowDefinition = z.strictObject({
  schema: z.literal(1),
  kind: flowKind,
  name,
  restrictAccess: z.boolean().optional(),
  settings: flowSettings.optional(),
  lanes: z.array(lane).max(definitionLimits.lanes),
  notes: z.array(note).max(definitionLimits.notes).optional(),
});
export type FlowDefinition = z.infer<typeof flowDefinition>;

/** The key of a step type in the catalogue, for example `dataflow/distinct`. */
export function stepKey(kind: FlowKind, type: string): string {
  return `${kind}/${type}`;
}

/** Every step in position order: lanes as listed (main first), stages left to right, steps top to bottom. */
export function stepsOf(definition: FlowDefinition): Step[] {
  return definition.lanes.flatMap((each) => each.stages.flatMap((column) => column.steps));
}
