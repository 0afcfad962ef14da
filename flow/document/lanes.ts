import type * as Y from 'yjs';
import { cleanName } from '../normalize';
import { compareOrder, firstOrders, ordersAt } from '../order-key';
import { edit, ensure, put } from './entries';
import { readAll, readLane } from './read';

/** A branch with its one stage for each case that has none. Ids follow from step and case, so two people who add the same branch add one. */
export function addLanes(doc: Y.Doc, stepId: string, cases: readonly { case: string; name: string }[], origin: unknown): void {
  doc.transact(() => {
    const own = readAll(doc, 'lanes', readLane).filter((lane) => !lane.deleted && lane.when?.step === stepId);
    const missing = cases.filter((each) => !own.some((lane) => lane.when?.case === each.case));
    const others = readAll(doc, 'lanes', readLane).filter((lane) => lane.id !== 'main' && !lane.deleted).toSorted(compareOrder);
    const ids = missing.map((each) => `lane_${branchKey(stepId, each.case)}`);
    const orders = ordersAt(others, others.length, ids);
    missing.forEach((each, at) => {
      const id = ids[at] ?? '';
      const lane = ensure(doc, 'lanes', id);
      put(lane, 'at', orders.get(id));
      put(lane, 'step', stepId);
      put(lane, 'case', each.case);
      put(lane, 'del', undefined);
      const stageId = `stg_${branchKey(stepId, each.case)}`;
      const stage = ensure(doc, 'stages', stageId);
      put(stage, 'name', cleanName(each.name, 'Stage'));
      put(stage, 'at', [id, firstOrders(1)[0] ?? '']);
      put(stage, 'del', undefined);
    });
  }, origin);
}

/** 52 bits of FNV-1a twice over, in letters an id may have. */
function branchKey(stepId: string, branch: string): string {
  let [a, b] = [0x811c9dc5, 0x1000193];
  for (const letter of `${stepId} ${branch}`) {
    const point = letter.codePointAt(0) ?? 0;
    a = Math.imul(a ^ point, 0x01000193) >>> 0;
    b = Math.imul(b ^ point, 0x85ebca6b) >>> 0;
  }
  return `${a.toString(36)}${b.toString(36)}`;
}

/** A branch whose value is gone; its steps go with it, and come back with it. */
export function removeLane(doc: Y.Doc, laneId: string, userId: string, origin: unknown): void {
  if (laneId !== 'main') edit(doc, 'lanes', laneId, origin, (entry) => put(entry, 'del', userId));
}
