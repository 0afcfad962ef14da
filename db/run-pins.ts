import { and, eq, inArray, isNull } from 'drizzle-orm';
import { flowDefinition, stepKey, stepsOf, type FlowDefinition } from '#flow/flow';
import { stepType } from '#flow/steps/index';
import type { Executor } from './client';
import { integrationPins } from './integration-facts';
import { flows, flowVersions } from './schema';

/**
 * Flows that steps call, and those that these call, with the connectors and endpoints of all of them, pinned to what they
 * are when the outermost run starts: a run never changes under way. What the caller pinned counts; the rest is found level
 * by level.
 */
export type Pins = Record<string, string>;

export async function pinsOf(tx: Executor, workspaceId: string, definition: FlowDefinition, inherited: Pins = {}): Promise<Pins> {
  const pins: Pins = { ...inherited };
  const first = reachedBy(definition);
  const outside = new Set(first.outside);
  const asked = new Set<string>();
  let wanted = first.flows.filter((id) => !Object.hasOwn(pins, id));
  while (wanted.length > 0) {
    for (const id of wanted) asked.add(id);
    const rows = await tx.select({ id: flows.id, version: flowVersions.id, definition: flowVersions.definition }).from(flows)
      .innerJoin(flowVersions, eq(flowVersions.id, flows.publishedVersionId))
      .where(and(eq(flows.workspaceId, workspaceId), inArray(flows.id, wanted), isNull(flows.deletedAt)));
    const next = new Set<string>();
    for (const row of rows) {
      pins[row.id] = row.version;
      const reached = reachedBy(flowDefinition.parse(row.definition));
      for (const id of reached.outside) outside.add(id);
      for (const id of reached.flows) if (!Object.hasOwn(pins, id) && !asked.has(id)) next.add(id);
    }
    wanted = [...next];
  }
  return { ...(await integrationPins(tx, workspaceId, [...outside].filter((id) => !Object.hasOwn(pins, id)))), ...pins };
}

/** Whether a run of it has anything to pin. */
export function reachesOutside(definition: FlowDefinition): boolean {
  const { flows: called, outside } = reachedBy(definition);
  return called.length + outside.length > 0;
}

type Reached = { flows: string[]; outside: string[] };
/** Definitions never change, and each start asks. */
const reached = new WeakMap<FlowDefinition, Reached>();

function reachedBy(definition: FlowDefinition): Reached {
  const known = reached.get(definition) ?? readReached(definition);
  reached.set(definition, known);
  return known;
}

function readReached(definition: FlowDefinition): Reached {
  const [called, outside] = [new Set<string>(), new Set<string>()];
  for (const step of stepsOf(definition)) {
    for (const [key, meta] of Object.entries(stepType(stepKey(definition.kind, step.type))?.params ?? {})) {
      const value = step.params?.[key];
      if (meta.widget !== 'ref' || typeof value !== 'string') continue;
      if (meta.of === 'flow') called.add(value);
      if (meta.of === 'connector' || meta.of === 'endpoint') outside.add(value);
    }
  }
  return { flows: [...called], outside: [...outside] };
}
