import { measures, type Box, type CanvasLayout, type CardBox, type LaneBox } from './layout';
import type { Point } from './path-shape';

/** A place for steps: before the step that now has this index. */
export type Place = { stageId: string; index: number };
export type Direction = 'up' | 'down' | 'left' | 'right';

/** The place under a dragged card's middle; cards being dragged do not count. null: outside every stage. */
export function placeAt(layout: CanvasLayout, point: Point, dragged: ReadonlySet<string> = new Set()): Place | null {
  const lane = layout.lanes.find((each) => inside(each, point) && each.stage);
  if (lane?.stage) return { stageId: lane.stage.id, index: countBefore(layout, lane.stage.id, dragged, (box) => box.x + box.width / 2 < point.x) };
  const slack = measures.stageGap / 2;
  const stage = layout.stages.find((each) => point.x >= each.x - slack && point.x <= each.x + each.width + slack && point.y >= each.y - 60 && point.y <= each.y + each.height + 100);
  if (!stage) return null;
  return { stageId: stage.stage.id, index: countBefore(layout, stage.stage.id, dragged, (box) => box.y + box.height / 2 < point.y) };
}

function countBefore(layout: CanvasLayout, stageId: string, dragged: ReadonlySet<string>, before: (box: Box) => boolean): number {
  return [...layout.cards.values()].filter((card) => card.stageId === stageId && !dragged.has(card.stepId) && before(card)).length;
}

/** Where the 2 px line that shows a place is drawn. */
export function lineAt(layout: CanvasLayout, place: Place, dragged: ReadonlySet<string> = new Set()): Box | null {
  const cards = [...layout.cards.values()].filter((card) => card.stageId === place.stageId && !dragged.has(card.stepId));
  const next = cards[place.index];
  const last = cards.at(-1);
  const half = measures.cardGap / 2;
  const lane = layout.lanes.find((each) => each.stage?.id === place.stageId);
  if (lane) {
    const x = next ? next.x - measures.laneCardGap / 2 : last ? last.x + last.width + measures.laneCardGap / 2 : lane.x + measures.laneLabel;
    return { x: x - 1, y: lane.y + 12, width: 2, height: lane.height - 24 };
  }
  const stage = layout.stages.find((each) => each.stage.id === place.stageId);
  if (!stage) return null;
  const y = next ? next.y - half : last ? last.y + last.height + half : stage.y + measures.head + 4;
  return { x: stage.x + measures.pad, y: place.index === 0 && next ? next.y - 6 : y - 1, width: measures.cardWidth, height: 2 };
}

const inside = (box: Box, point: Point) => point.x >= box.x && point.x <= box.x + box.width && point.y >= box.y && point.y <= box.y + box.height;

/** Where Alt and an arrow take a card: up or down its list, or into the list beside it. */
export function placeBeside(layout: CanvasLayout, stepId: string, direction: Direction): Place | null {
  const card = layout.cards.get(stepId);
  if (!card) return null;
  const along = card.flow === 'column' ? { up: -1, down: 1, left: 0, right: 0 } : { up: 0, down: 0, left: -1, right: 1 };
  const count = (stageId: string) => [...layout.cards.values()].filter((each) => each.stageId === stageId).length;
  if (along[direction] !== 0) {
    const index = card.index + along[direction];
    return index < 0 || index >= count(card.stageId) ? null : { stageId: card.stageId, index };
  }
  if (card.flow === 'row') return laneBeside(layout, card, direction === 'down' ? 1 : -1);
  const here = layout.stages.findIndex((each) => each.stage.id === card.stageId);
  const next = here < 0 ? undefined : layout.stages[here + (direction === 'right' ? 1 : -1)];
  return next ? { stageId: next.stage.id, index: Math.min(card.index, next.stage.steps.length) } : null;
}

/** The lane above or below, but never one of the card's own; above the first lane of a condition, behind that condition. */
function laneBeside(layout: CanvasLayout, card: CardBox, way: 1 | -1): Place | null {
  const here = layout.lanes.findIndex((each) => each.lane.id === card.laneId);
  const own = layout.lanes[here];
  const next = way === 1 ? layout.lanes.slice(here + 1).find((each) => !isWithin(layout, each, card.stepId)) : layout.lanes[here - 1];
  if (own && way === -1 && (!next || next.owner !== own.owner)) {
    const owner = layout.cards.get(own.owner);
    return owner ? { stageId: owner.stageId, index: owner.index + 1 } : null;
  }
  return next?.stage ? { stageId: next.stage.id, index: Math.min(card.index, next.stage.steps.length) } : null;
}

function isWithin(layout: CanvasLayout, lane: LaneBox, stepId: string): boolean {
  const home = layout.lanes.find((each) => each.lane.id === layout.cards.get(lane.owner)?.laneId);
  return lane.owner === stepId || (home !== undefined && isWithin(layout, home, stepId));
}

/** What the arrow keys walk: the menu of each stage, cards, the "Add step" of each stage, and the "+" after the last stage. */
export type Stop = { key: string; box: Box; /** The branch it belongs to, and the condition that branch hangs on. */ lane: { id: string; owner: string } | null };
export const addStepKey = (stageId: string) => `add:${stageId}`;
export const stageMenuKey = (stageId: string) => `stage:${stageId}`;
export const addStageKey = 'add-stage';

export function stopsOf(layout: CanvasLayout, editable: boolean): Stop[] {
  const branches = new Map(layout.lanes.map((each) => [each.lane.id, { id: each.lane.id, owner: each.owner }]));
  const cards = [...layout.cards.values()].map((card) => ({ key: card.stepId, box: card, lane: branches.get(card.laneId) ?? null }));
  if (!editable) return cards;
  const adds = layout.stages.map((each) => ({ key: addStepKey(each.stage.id), box: { x: each.x + 8, y: each.y + each.height - 36, width: measures.cardWidth, height: 28 }, lane: null }));
  const laneAdds = layout.lanes.map((each) => ({ key: addStepKey(each.stage?.id ?? each.lane.id), box: { x: each.x + each.width + 8, y: each.y + each.height / 2 - 12, width: 24, height: 24 }, lane: branches.get(each.lane.id) ?? null }));
  const heads = layout.stages.map((each) => ({ key: stageMenuKey(each.stage.id), box: { x: each.x + 8, y: each.y + 4, width: measures.cardWidth, height: 28 }, lane: null }));
  return [...heads, ...cards, ...adds, ...laneAdds, { key: addStageKey, box: { x: stagesEnd(layout) + 12, y: 4, width: 28, height: 28 }, lane: null }];
}

export function stagesEnd(layout: CanvasLayout): number {
  return Math.max(0, ...layout.stages.map((each) => each.x + each.width));
}

/**
 * The nearest stop in a direction: the next column, and there the nearest row; up and down stay in the column. Left and
 * right stay in a branch, and before its first card is the condition it hangs on. Up and down go from branch to branch,
 * to what stands nearest in the next one: an empty branch has but its "+", far to the right.
 */
export function nextStop(stops: readonly Stop[], from: string, direction: Direction): string | null {
  const here = stops.find((each) => each.key === from);
  if (!here) return null;
  const sideways = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let best: { key: string; score: number } | null = null;
  for (const stop of stops) {
    const dx = middleX(stop.box) - middleX(here.box);
    const dy = middleY(stop.box) - middleY(here.box);
    const along = sign * (sideways ? dx : dy);
    const across = Math.abs(sideways ? dy : dx);
    if (stop.key === from || along < 8) continue;
    if (sideways ? stop.lane?.id !== here.lane?.id : !(here.lane && stop.lane) && across > 110 && !overlapX(stop.box, here.box)) continue;
    const score = along * 10 + across;
    if (!best || score < best.score) best = { key: stop.key, score };
  }
  const home = direction === 'left' || direction === 'up' ? here.lane?.owner : undefined;
  return best?.key ?? (stops.some((each) => each.key === home) ? (home ?? null) : null);
}

const middleX = (box: Box) => box.x + box.width / 2;
const middleY = (box: Box) => box.y + box.height / 2;
const overlapX = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width;
