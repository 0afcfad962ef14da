import type { FlowDefinition, Lane, SourcePort, Stage, Step } from '#flow/flow';
import { boxAround, roundedPath, type Box, type Point } from './path-shape';

export type { Box } from './path-shape';

/**
 * Where everything on the canvas stands: a pure function of the definition, so two people never fight over pixels.
 * Stages are columns, steps stack in them; a workflow's branches are lanes below their condition step. All in px.
 */
export const measures = {
  stageWidth: 220, head: 36, pad: 8, stageGap: 40, cardWidth: 204, cardHeight: 72, cardGap: 20, addStep: 32,
  laneHeight: 96, emptyLane: 44, laneGap: 12, laneLabel: 108, laneCardGap: 24, laneInset: 38, laneAdd: 32, trunk: 20, lanesBelow: 16,
  radius: 10, bend: 24, freeRow: 20,
};

export type CardBox = Box & { stepId: string; stageId: string; laneId: string; index: number; flow: 'column' | 'row' };
export type StageBox = Box & { stage: Stage; laneId: string; index: number };
export type LaneBox = Box & { lane: Lane; stage: Stage | null; owner: string; case: string };
type Route = { path: string; middle: Point; /** Holds all of the path. */ box: Box };
type Drawn = Route & { id: string; from: string; to: string };
/** `case`: the way from a condition into one of its lanes. */
export type LinkShape = Drawn & ({ port: SourcePort | 'order' } | { port: 'case'; lane: string });
export type CanvasLayout = {
  cards: ReadonlyMap<string, CardBox>;
  stages: readonly StageBox[];
  lanes: readonly LaneBox[];
  links: readonly LinkShape[];
  width: number;
  height: number;
};
export type LayoutOptions = {
  /** Room for "Add step" at the foot of each stage. */
  addRow?: boolean;
  stageGap?: number;
};

type Draft = { cards: Map<string, CardBox>; stages: StageBox[]; lanes: LaneBox[]; links: LinkShape[] };

export function layoutOf(definition: FlowDefinition, { addRow = false, stageGap = measures.stageGap }: LayoutOptions = {}): CanvasLayout {
  const draft: Draft = { cards: new Map(), stages: [], lanes: [], links: [] };
  const [main, ...branches] = definition.lanes;
  placeStages(draft, main, addRow, stageGap);
  const foot = Math.max(0, ...draft.stages.map((each) => each.height));
  const height = placeBranches(draft, main ? stepsIn(main) : [], branches, foot + measures.lanesBelow) - measures.lanesBelow;
  if (definition.kind === 'dataflow') sourceLinks(draft, definition);
  else orderLinks(draft, main);
  const right = [...draft.stages.map((each) => each.x + each.width), ...draft.lanes.map((each) => each.x + each.width + (addRow ? measures.laneAdd : 0))];
  return { ...draft, width: Math.max(0, ...right), height: Math.max(foot, height) };
}

const stepsIn = (lane: Lane): Step[] => lane.stages.flatMap((stage) => stage.steps);

function placeStages(draft: Draft, lane: Lane | undefined, addRow: boolean, gap: number): void {
  const { stageWidth, head, pad, cardHeight, cardGap, cardWidth, addStep } = measures;
  lane?.stages.forEach((stage, index) => {
    const x = index * (stageWidth + gap);
    const rows = stage.steps.length;
    const height = head + (rows > 0 ? rows * (cardHeight + cardGap) - cardGap + pad : pad) + (addRow ? addStep : 0);
    draft.stages.push({ x, y: 0, width: stageWidth, height, stage, laneId: lane.id, index });
    stage.steps.forEach((step, row) => draft.cards.set(step.id, {
      x: x + pad, y: head + row * (cardHeight + cardGap), width: cardWidth, height: cardHeight,
      stepId: step.id, stageId: stage.id, laneId: lane.id, index: row, flow: 'column',
    }));
  });
}

/** Lanes of later condition steps come first, so that no trunk crosses a lane. Gives the next free y. */
function placeBranches(draft: Draft, owners: readonly Step[], branches: readonly Lane[], top: number): number {
  let y = top;
  for (const owner of owners.toReversed()) {
    const own = branches.filter((lane) => lane.when?.step === owner.id);
    for (const lane of own) y = placeLane(draft, owner.id, lane, branches, y);
  }
  return y;
}

function placeLane(draft: Draft, owner: string, lane: Lane, branches: readonly Lane[], y: number): number {
  const { cardWidth, cardHeight, laneCardGap, laneLabel, laneHeight, emptyLane, laneInset, laneGap, trunk, radius } = measures;
  const from = draft.cards.get(owner);
  const stage = lane.stages[0] ?? null;
  const steps = stage?.steps ?? [];
  const x = (from?.x ?? 0) + laneInset;
  const height = steps.length > 0 ? laneHeight : emptyLane;
  const room = Math.max(3, steps.length);
  draft.lanes.push({ x, y, width: laneLabel + room * (cardWidth + laneCardGap) - laneCardGap + 18, height, lane, stage, owner, case: lane.when?.case ?? '' });
  steps.forEach((step, index) => draft.cards.set(step.id, {
    x: x + laneLabel + index * (cardWidth + laneCardGap), y: y + 12, width: cardWidth, height: cardHeight,
    stepId: step.id, stageId: stage?.id ?? '', laneId: lane.id, index, flow: 'row',
  }));
  const middle = y + height / 2;
  if (from) {
    const down = [{ x: from.x + trunk, y: from.y + from.height }, { x: from.x + trunk, y: middle }, { x, y: middle }];
    draft.links.push({ id: `case:${lane.id}`, from: owner, to: steps[0]?.id ?? '', port: 'case', lane: lane.id, path: roundedPath(down, radius), middle: { x, y: middle }, box: boxAround(down) });
  }
  steps.forEach((step, index) => {
    const before = steps[index - 1];
    const at = x + laneLabel + index * (cardWidth + laneCardGap);
    const start = before ? at - laneCardGap : x + laneLabel - 16;
    draft.links.push({ id: `order:${step.id}`, from: before?.id ?? owner, to: step.id, port: 'order', path: `M${start} ${middle}H${at}`, middle: { x: (start + at) / 2, y: middle }, box: { x: start, y: middle, width: at - start, height: 0 } });
  });
  return placeBranches(draft, steps, branches, y + height + laneGap);
}

function orderLinks(draft: Draft, main: Lane | undefined): void {
  const steps = main ? stepsIn(main) : [];
  steps.forEach((step, place) => {
    const before = steps[place - 1];
    if (before) addLink(draft, before.id, step.id, 'order');
  });
}

function sourceLinks(draft: Draft, definition: FlowDefinition): void {
  for (const step of definition.lanes.flatMap(stepsIn)) {
    for (const port of ['source', 'left', 'right'] as const) {
      const from = step.sources?.[port];
      if (from !== undefined && from !== step.id) addLink(draft, from, step.id, port);
    }
  }
}

function addLink(draft: Draft, from: string, to: string, port: SourcePort | 'order'): void {
  const a = draft.cards.get(from);
  const b = draft.cards.get(to);
  if (!a || !b) return;
  draft.links.push({ id: `${to}:${port}`, from, to, port, ...route(draft, a, b, portY(b, port)) });
}

/** Ports sit at half height; the two of a join at a third and two thirds. */
export function portY(card: Box, port: LinkShape['port']): number {
  const part = port === 'left' ? 1 / 3 : port === 'right' ? 2 / 3 : 1 / 2;
  return Math.round(card.y + card.height * part);
}

function route(draft: Draft, a: CardBox, b: CardBox, y2: number): Route {
  const x1 = a.x + a.width;
  const y1 = a.y + a.height / 2;
  if (a.stageId === b.stageId && a.flow === 'column') return inColumn(a, b);
  const columns = draft.stages.findIndex((each) => each.stage.id === b.stageId) - draft.stages.findIndex((each) => each.stage.id === a.stageId);
  if (columns === 1) {
    const dx = Math.max(20, (b.x - x1) / 2);
    return { path: `M${x1} ${y1}C${x1 + dx} ${y1} ${b.x - dx} ${y2} ${b.x} ${y2}`, middle: { x: (x1 + b.x) / 2, y: (y1 + y2) / 2 }, box: boxAround([{ x: x1, y: y1 }, { x: x1 + dx, y: y1 }, { x: b.x - dx, y: y2 }, { x: b.x, y: y2 }]) };
  }
  const between = draft.stages.filter((each) => (columns > 1 ? each.x > x1 && each.x + each.width < b.x : each.x + each.width > b.x && each.x < x1));
  const deepest = Math.max(0, ...between.map((each) => each.y + each.height));
  const shared = draft.links.filter((link) => link.from !== a.stepId && link.middle.y >= deepest && link.middle.x > Math.min(x1, b.x) && link.middle.x < Math.max(x1, b.x)).length;
  const free = columns > 1 && y2 > deepest + measures.bend / 2 ? y2 : columns > 1 && y1 > deepest + measures.bend / 2 ? y1 : deepest + measures.freeRow + shared * 8;
  const out = x1 + measures.bend;
  const into = b.x - measures.bend;
  const way = [{ x: x1, y: y1 }, { x: out, y: y1 }, { x: out, y: free }, { x: into, y: free }, { x: into, y: y2 }, { x: b.x, y: y2 }];
  return { path: roundedPath(way, measures.radius), middle: { x: (out + into) / 2, y: free }, box: boxAround(way) };
}

/** Straight down to the next card; past others, or upwards, in a bracket on the right. */
function inColumn(a: CardBox, b: CardBox): Route {
  if (b.index === a.index + 1) {
    const x = a.x + a.width / 2;
    return { path: `M${x} ${a.y + a.height}V${b.y}`, middle: { x, y: (a.y + a.height + b.y) / 2 }, box: { x, y: a.y + a.height, width: 0, height: b.y - a.y - a.height } };
  }
  const x = a.x + a.width;
  const [y1, y2] = [a.y + a.height / 2, b.y + b.height / 2];
  const way = [{ x, y: y1 }, { x: x + 16, y: y1 }, { x: x + 16, y: y2 }, { x, y: y2 }];
  return { path: roundedPath(way, measures.radius), middle: { x: x + 16, y: (y1 + y2) / 2 }, box: boxAround(way) };
}
