import { blobOf, getValue } from '#db/blobs';
import { readEntry } from '#db/entries';
import { failure } from '#flow/failure';
import type { EntryModel } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';
import { text } from '#flow/text';
import { reloaded } from '#flow/workflow-model';
import { storeBlobs, type Engine } from './engine';
import type { Draft, LiveRun } from './live-run';

/** What a worker says first of a run it has claimed, and the model a workflow begins or goes on with. `condemnedAfter`: so many deaths. */
export async function begin(engine: Engine, run: LiveRun, condemnedAfter: number | null): Promise<void> {
  const taken: Draft = { type: 'lease.taken', data: { fence: run.fence, worker: engine.workerId } };
  if (condemnedAfter !== null) {
    const reason = `Its worker died or stumbled ${condemnedAfter} times at the same place.`;
    return run.emit([taken, { type: 'run.quarantined', data: { reason } }]);
  }
  if (run.state.status !== 'queued') return run.emit([taken]);
  const model = run.facts.kind === 'workflow' ? await modelAtStart(engine, run) : null;
  const blob = model ? blobOf(model) : null;
  if (model) run.model = model;
  const inline = blob ? await storeBlobs(engine, run.facts.workspaceId, [blob]) : [];
  run.startedAtMs = Date.now();
  run.emit([taken, { type: 'run.started', data: { worker: engine.workerId }, ...(blob ? { blob: blob.sha256 } : {}) }], { blobs: inline });
  if (run.facts.kind === 'workflow' && run.model === null) run.emit([{ type: 'run.failed', data: { error: failure('ENTRY_NOT_FOUND', text('The entry was deleted before the workflow began.', 'L’entrée a été supprimée avant le début du workflow.')) } }]);
}

/** Who resumes may have corrected the entry first: what the workflow did not change itself is read again. */
async function modelAtStart(engine: Engine, run: LiveRun): Promise<LiveRun['model']> {
  if (run.model === null) {
    return initialModel(engine, run);
  }
  const isResumed = run.state.startedAt !== null;
  const fresh = isResumed && run.entryId !== null ? await readEntry(engine.database.db, run.facts.component.id, run.entryId) : null;
  return fresh ? reloaded(run.model, fresh) : null;
}

/** A workflow's model as it is at the start: the entry, with the fields its starter gave, or what that gave alone. */
async function initialModel(engine: Engine, run: LiveRun): Promise<LiveRun['model']> {
  const { facts } = run;
  const given = facts.inputRef === null ? undefined : await getValue(engine.database.db, facts.workspaceId, facts.inputRef);
  if (run.entryId === null) return isJsonObject(given) ? { model: given, loaded: given } : null;
  const entry = await readEntry(engine.database.db, facts.component.id, run.entryId);
  return entry && givenOver(entry, given);
}

/** "Update model" writes the fields that were given differently, unless somebody changed them since they were loaded. */
function givenOver(entry: EntryModel, given: Json | undefined): NonNullable<LiveRun['model']> {
  const own = isJsonObject(given ?? null) && isJsonObject(given) && given['id'] === entry.id ? given : {};
  const data = own['data'] ?? null;
  const loaded = { ...entry, updateDate: own['updateDate'] ?? entry.updateDate };
  return { model: { ...loaded, data: { ...entry.data, ...(isJsonObject(data) ? data : {}) } }, loaded };
}
