import { FailureError, type Failure } from '../../../failure';
import { isJsonObject, type Json, type JsonObject } from '../../../json';
import { withFields } from '../../../schema-of';
import { text } from '../../../text';
import type { EffectScope, EntryWrite, StepUse } from '../../capabilities';
import { defineDataflowStep } from '../../define-step';
import { field } from '../../field';

export const applyDeferredUpdateOperations = defineDataflowStep(
  {
    batchChunkSize: field.number(text('Batch chunk size', 'Taille des lots'), { required: true, integer: true, min: 1, max: 10_000, default: 1_000, help: text('Operations in one transaction.', 'Opérations par transaction.') }),
    batchIdleTimeoutMs: field.number(text('Batch idle timeout in ms', 'Délai d’inactivité des lots en ms'), { integer: true, min: 0, max: 60_000, default: 0, unit: 'ms', help: text('A partly filled batch is written when nothing arrived for this long. Here all operations have arrived when the step begins, so it is written at once.', 'Un lot partiel est écrit si rien n’arrive pendant ce délai. Ici toutes les opérations sont arrivées quand l’étape commence : il est écrit aussitôt.') }),
    parallelBatches: field.number(text('Parallel number of batches', 'Nombre de lots en parallèle'), { integer: true, min: 0, max: 16, default: 0, help: text('Batches written at once; 0 writes one after another.', 'Lots écrits en même temps ; 0 : l’un après l’autre.') }),
  },
  {
    id: 'apply-deferred-update-operations', group: 'output', class: 'effect', version: 1, icon: 'database-zap', sources: 'optional', cardinality: 'n→n', deferred: 'applies',
    title: text('Apply deferred update operations', 'Appliquer les opérations de mise à jour différée'), summary: text('Write all that is queued', 'Écrit tout ce qui est en file'),
    help: text(
      'Writes what all earlier "Deferred update entry" steps queued, one transaction per batch; with one batch it is all or nothing. Operations on the same entry stay in order and in one batch. A refused operation rolls its batch back and stops the step, named by its place in the queue; earlier batches stay, and a retry skips them.',
      'Écrit ce que toutes les étapes « Mise à jour différée de l’entrée » précédentes ont mis en file, une transaction par lot ; avec un seul lot, c’est tout ou rien. Les opérations sur une même entrée restent dans l’ordre et dans un même lot. Une opération refusée annule son lot et arrête l’étape, nommée par son rang dans la file ; les lots précédents restent, et une nouvelle tentative les saute.'),
    errors: ['VALIDATION_FAILED', 'DUPLICATE_KEY', 'ENTRY_NOT_FOUND', 'COMPONENT_NOT_FOUND', 'ACCESS_DENIED'],
    examples: [],
    foot: ({ batchChunkSize }) => text(`${batchChunkSize ?? 1_000} a batch`, `lots de ${batchChunkSize ?? 1_000}`),
    outputSchema: (_params, { source }) => withFields(source ?? { cardinality: 'one', open: false, fields: {} }, {
      _applied: { type: 'object', open: false, fields: { created: { type: 'integer' }, updated: { type: 'integer' }, deleted: { type: 'integer' }, failed: { type: 'array', items: { type: 'object', open: false, fields: { operation: { type: 'integer' }, code: { type: 'string' }, message: { type: 'string' } } } } } },
    }),
    run: async (params, { source }, use) => {
      const writes = await use.deferredWrites();
      const batches = batchesOf(writes, params.batchChunkSize ?? 1_000);
      const _applied: JsonObject = await applied(batches, writes, Math.max(1, params.parallelBatches ?? 0), use);
      if (source.items.length === 0) return { kind: 'items', items: [{ _applied }], many: false };
      return { kind: 'items', items: source.items.map((item) => ({ ...item, _applied })), many: source.many };
    },
  },
);

/** Places in the queue. Operations on one entry stand in the batch of the first of them, which may then be larger. */
function batchesOf(writes: readonly EntryWrite[], size: number): number[][] {
  const batches: number[][] = [];
  const batchOf = new Map<string, number[]>();
  let open: number[] = [];
  writes.forEach(({ componentId, entryId }, place) => {
    const own = entryId === null ? undefined : batchOf.get(`${componentId} ${entryId}`);
    if (own) return void own.push(place);
    if (open.length >= size || batches.length === 0) batches.push((open = []));
    open.push(place);
    if (entryId !== null) batchOf.set(`${componentId} ${entryId}`, open);
  });
  return batches;
}

async function applied(batches: readonly number[][], writes: readonly EntryWrite[], width: number, use: StepUse): Promise<JsonObject> {
  const counts = { created: 0, updated: 0, deleted: 0 };
  const failed: Json[] = [];
  for (let start = 0; start < batches.length; start += width) {
    use.signal.throwIfAborted();
    const group = batches.slice(start, start + width);
    const ended = await use.effects(group.map((places, at) => ({ itemIndex: start + at, perform: writing(places, writes) })));
    for (const [at, each] of ended.entries()) {
      if (each.ok) for (const place of group[at] ?? []) counts[kindOf(writes[place])] += 1;
      else failed.push(refused(each.failure, use));
    }
    use.progress(Math.min(start + width, batches.length), batches.length);
  }
  return { ...counts, failed };
}

function writing(places: readonly number[], writes: readonly EntryWrite[]) {
  return async (scope: EffectScope): Promise<number> => {
    await scope.writeEntries(places.flatMap((place) => writes[place] ?? []), places);
    return places.length;
  };
}

const kindOf = (write: EntryWrite | undefined) => (write?.remove ? 'deleted' : write?.entryId === null ? 'created' : 'updated');

/** With "continue on error" a refused batch is written down and the next ones go on. */
function refused(failure: Failure, use: StepUse): Json {
  if (use.onError === 'stop') throw new FailureError(failure);
  use.warn(failure.text);
  const { code, message, details } = failure;
  return { operation: isJsonObject(details) ? (details['operation'] ?? null) : null, code, message };
}
