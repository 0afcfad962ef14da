import type * as Y from 'yjs';
import { newId } from '../id';
import { cleanName } from '../normalize';
import { edit, ensure, placeOf, put } from './entries';
import { placeAll } from './places';

export function addStage(doc: Y.Doc, where: { laneId?: string; index: number; name: string }, origin: unknown): string {
  const id = newId('stg');
  const laneId = where.laneId ?? 'main';
  doc.transact(() => {
    placeAll(doc, 'stages', laneId, where.index, [id]);
    put(ensure(doc, 'stages', id), 'name', cleanName(where.name, 'Stage'));
  }, origin);
  return id;
}

export function renameStage(doc: Y.Doc, stageId: string, name: string, origin: unknown): void {
  edit(doc, 'stages', stageId, origin, (entry) => put(entry, 'name', cleanName(name, 'Stage')));
}

/** `index` counts the lane's other stages. */
export function moveStage(doc: Y.Doc, stageId: string, index: number, origin: unknown): void {
  edit(doc, 'stages', stageId, origin, (entry) => placeAll(doc, 'stages', placeOf(entry)[0] || 'main', index, [stageId]));
}

/** Its steps go with it, and come back with it. */
export function removeStage(doc: Y.Doc, stageId: string, userId: string, origin: unknown): void {
  edit(doc, 'stages', stageId, origin, (entry) => put(entry, 'del', userId));
}
