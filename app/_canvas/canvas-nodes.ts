import { Position, type Node } from '@xyflow/react';
import type { FlowDefinition, Note, Stage, Step } from '#flow/flow';
import type { FlowDiff } from '#flow/diff';
import type { Problem } from '#flow/problems';
import { problemsByStep } from './card-view';
import { measures, portY, type CanvasLayout, type CardBox } from './layout';
import { markersByStep, sameMarkers, type Marker } from './people';
import { stagesEnd } from './place';
import type { Presence } from '#flow/presence';
import { stepKey } from '#flow/flow';
import type { StepType } from '#flow/steps/define-step';
import { stepType } from '#flow/steps/index';

export type StepDiff = FlowDiff['steps'][number];
export type StageDiff = FlowDiff['stages'][number];
export type NoteDiff = FlowDiff['notes'][number];
export type StepData = {
  step: Step;
  type: StepType | null;
  problems: readonly Problem[];
  diff: StepDiff | null;
  /** Who made the difference. */
  by: string | null;
  /** Open threads of comments. */
  comments: number;
  /** Changed since the published version. */
  draft: boolean;
  /** A version is compared and this step did not change. */
  quiet: boolean;
  people: readonly Marker[];
  join: boolean;
  hasInput: boolean;
};
export type StepNode = Node<StepData, 'step'>;
/** `trunk`: the way to the branches of one of its steps comes down through its foot. */
export type StageNode = Node<{ stage: Stage; index: number; trunk: boolean; diff: StageDiff | null }, 'stage'>;
export type LaneNode = Node<{ stage: Stage | null; laneId: string; label: string; ownerName: string; empty: boolean; diff: StageDiff | null }, 'lane'>;
export type NoteNode = Node<{ note: Note; diff: NoteDiff | null; quiet: boolean }, 'note'>;
export type AddStageNode = Node<Record<string, never>, 'addStage'>;
export type CaptionNode = Node<{ text: string }, 'caption'>;
export type CanvasNode = StepNode | StageNode | LaneNode | NoteNode | AddStageNode | CaptionNode;

export type NodeInputs = {
  definition: FlowDefinition;
  layout: CanvasLayout;
  problems: readonly Problem[];
  diff: FlowDiff | null;
  authors: ReadonlyMap<string, string>;
  comments: ReadonlyMap<string, number>;
  drafts: ReadonlySet<string>;
  people: readonly Presence[];
  selected: ReadonlySet<string>;
  editable: boolean;
  laneLabel: (owner: Step, value: string) => string;
};

const noteSize: [number, number] = [204, 84];

/** The nodes of React Flow; what did not change keeps its identity, so that only changed cards draw again. */
export function nodesOf(inputs: NodeInputs, before: ReadonlyMap<string, CanvasNode>): CanvasNode[] {
  const { definition, layout, editable, diff } = inputs;
  const stageDiffs = new Map(diff?.stages.map((each): [string, StageDiff] => [each.stageId, each]));
  const noteDiffs = new Map(diff?.notes.map((each): [string, NoteDiff] => [each.noteId, each]));
  const made: CanvasNode[] = [];
  const description = definition.settings?.description;
  if (description) made.push({ id: 'caption', type: 'caption', position: { x: 0, y: -50 }, width: Math.max(640, Math.min(980, layout.width)), height: 34, data: { text: description }, zIndex: -1, ...still });
  const owners = new Set(layout.lanes.map((each) => each.owner));
  for (const { stage, index, ...box } of layout.stages) made.push({ id: `stage:${stage.id}`, type: 'stage', ...placed(box), data: { stage, index, trunk: stage.steps.some((step) => owners.has(step.id)), diff: stageDiffs.get(stage.id) ?? null }, zIndex: -2, ...still });
  const steps = new Map(definition.lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((step): [string, Step] => [step.id, step]))));
  for (const { lane, stage, owner, case: value, ...box } of layout.lanes) {
    const ownerStep = steps.get(owner);
    const label = ownerStep ? inputs.laneLabel(ownerStep, value) : value;
    made.push({ id: `lane:${lane.id}`, type: 'lane', ...placed(box), data: { stage, laneId: lane.id, label, ownerName: ownerStep?.name ?? '', empty: !stage || stage.steps.length === 0, diff: (stage && stageDiffs.get(stage.id)) ?? null }, zIndex: -2, ...still });
  }
  made.push(...stepNodes(inputs, steps));
  for (const note of definition.notes ?? []) {
    const [width, height] = note.size ?? noteSize;
    made.push({ id: `note:${note.id}`, type: 'note', position: { x: note.pos[0], y: note.pos[1] }, width, height, measured: { width, height }, data: { note, diff: noteDiffs.get(note.id) ?? null, quiet: diff !== null && !noteDiffs.has(note.id) }, draggable: editable, selectable: false, zIndex: 3 });
  }
  if (editable) made.push({ id: 'addStage', type: 'addStage', position: { x: stagesEnd(layout) + 12, y: 4 }, width: 28, height: 28, data: {}, zIndex: 1, ...still });
  return made.map((node) => reuse(before.get(node.id), node));
}

const still = { draggable: false, selectable: false, connectable: false } as const;
const placed = (box: { x: number; y: number; width: number; height: number }) => ({ position: { x: box.x, y: box.y }, width: box.width, height: box.height, measured: { width: box.width, height: box.height } });

function stepNodes({ definition, layout, problems, diff, authors, comments, drafts, people, selected, editable }: NodeInputs, steps: ReadonlyMap<string, Step>): StepNode[] {
  const found = problemsByStep(problems);
  const markers = markersByStep(people);
  const changed = new Map(diff?.steps.map((each): [string, StepDiff] => [each.stepId, each]));
  const nodes: StepNode[] = [];
  for (const card of layout.cards.values()) {
    const step = steps.get(card.stepId);
    if (!step) continue;
    const type = stepType(stepKey(definition.kind, step.type)) ?? null;
    const rule = type?.kind === 'dataflow' ? type.sources : 'none';
    nodes.push({
      id: step.id, type: 'step', ...placed(card), handles: handlesOf(card, rule === 'two', rule !== 'none', definition.kind === 'dataflow'),
      selected: selected.has(step.id), draggable: editable, selectable: true, connectable: editable && definition.kind === 'dataflow', zIndex: 1,
      data: {
        step, type, problems: found.get(step.id) ?? none, diff: changed.get(step.id) ?? null, by: authors.get(step.id) ?? null, comments: comments.get(step.id) ?? 0, draft: drafts.has(step.id),
        quiet: diff !== null && !changed.has(step.id), people: markers.get(step.id) ?? none, join: rule === 'two', hasInput: rule !== 'none',
      },
    });
  }
  return nodes;
}

const none: readonly never[] = [];

function handlesOf(card: CardBox, join: boolean, hasInput: boolean, linked: boolean) {
  if (!linked) return [];
  const at = (id: string, y: number) => ({ id, type: 'target' as const, position: Position.Left, x: -4, y: y - card.y - 4, width: 7, height: 7 });
  const inputs = !hasInput ? [] : join ? [at('left', portY(card, 'left')), at('right', portY(card, 'right'))] : [at('source', portY(card, 'source'))];
  return [...inputs, { id: 'out', type: 'source' as const, position: Position.Right, x: measures.cardWidth - 3, y: measures.cardHeight / 2 - 4, width: 7, height: 7 }];
}

function reuse(before: CanvasNode | undefined, node: CanvasNode): CanvasNode {
  if (!before || before.type !== node.type || before.position.x !== node.position.x || before.position.y !== node.position.y) return node;
  if (before.width !== node.width || before.height !== node.height || before.selected !== node.selected || before.draggable !== node.draggable || before.dragging) return node;
  if (node.type === 'step' && before.type === 'step') {
    const data = sameStepData(before.data, node.data);
    return data ? before : { ...node, data: node.data };
  }
  return shallowEqual(before.data, node.data) ? before : node;
}

function sameStepData(a: StepData, b: StepData): boolean {
  return a.step === b.step && a.type === b.type && a.quiet === b.quiet && a.by === b.by && a.comments === b.comments && a.draft === b.draft && a.join === b.join && sameProblems(a.problems, b.problems) && sameDiff(a.diff, b.diff) && sameMarkers(a.people, b.people);
}

const sameProblems = (a: readonly Problem[], b: readonly Problem[]) =>
  a === b || (a.length === b.length && a.every((each, i) => each.code === b[i]?.code && each.param === b[i]?.param && each.message === b[i]?.message));
const sameDiff = (a: StepDiff | null, b: StepDiff | null) => a === b || JSON.stringify(a) === JSON.stringify(b);

function shallowEqual(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}
