import * as Y from 'yjs';
import { compareOrder, firstOrders, ordersAt } from '../order-key';
import { ensure, entryOf, isDeleted, placeOf, put, root, textFrom, type Collection } from './entries';

/** The orders the ids have, when they already stand in this order at this place; new ones otherwise. */
export function settled(doc: Y.Doc, name: Collection, ids: readonly string[], home: string): Map<string, string> {
  const orders: string[] = [];
  for (const id of ids) {
    const entry = entryOf(doc, name, id);
    const [place, order] = !entry ? ['', ''] : name === 'lanes' || name === 'notes' ? ['', textFrom(entry.get('at'))] : placeOf(entry);
    if (order === '' || place !== home || (orders.at(-1) ?? '') >= order) return new Map(firstOrders(ids.length).map((made, at) => [ids[at] ?? '', made]));
    orders.push(order);
  }
  return new Map(orders.map((order, at) => [ids[at] ?? '', order]));
}

/** Puts entries into a place's list at an index; others are touched only when no room is left between them. */
export function placeAll(doc: Y.Doc, name: 'stages' | 'steps', home: string, index: number, ids: readonly string[]): void {
  const moving = new Set(ids);
  const siblings: { id: string; order: string }[] = [];
  for (const [id, entry] of root(doc, name)) {
    if (!(entry instanceof Y.Map) || moving.has(id) || isDeleted(entry)) continue;
    const [place, order] = placeOf(entry);
    if (place === home) siblings.push({ id, order });
  }
  for (const [id, order] of ordersAt(siblings.toSorted(compareOrder), index, ids)) put(ensure(doc, name, id), 'at', [home, order]);
}
