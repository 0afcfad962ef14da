import type { Checkpoint } from '#db/checkpoints';
import type { VersionSummary } from '#db/versions';
import type { Mark } from './moments';

/** Versions and checkpoints in the order of the log. */
export function marksOf(versions: readonly VersionSummary[], checkpoints: readonly Checkpoint[]): Mark[] {
  return [
    ...versions.map((each): Mark => ({ kind: 'version', id: String(each.number), seq: each.seq, name: String(each.number), message: each.message, at: each.createdAt, by: each.createdBy?.name ?? null, published: each.published })),
    ...checkpoints.map((each): Mark => ({ kind: 'checkpoint', id: each.id, seq: each.seq, name: each.name, message: null, at: each.at, by: each.createdBy?.name ?? null, published: false })),
  ].toSorted((a, b) => a.seq - b.seq || Date.parse(a.at) - Date.parse(b.at));
}
