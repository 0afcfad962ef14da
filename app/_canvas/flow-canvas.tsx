'use client';
import '@xyflow/react/dist/base.css';
import { ReactFlow, ReactFlowProvider, ViewportPortal, type NodeChange } from '@xyflow/react';
import { useLocale, useTranslations } from 'next-intl';
import { memo, useCallback, useLayoutEffect, useMemo, useRef, useState, type DragEvent, type KeyboardEvent, type PointerEvent, type Ref } from 'react';
import type { ComponentModel } from '#flow/component-model';
import type { FlowDiff } from '#flow/diff';
import { stepKey, stepsOf, type FlowDefinition, type Step } from '#flow/flow';
import type { Presence } from '#flow/presence';
import type { Problem } from '#flow/problems';
import type { RunState } from '#flow/run-state';
import { stepType } from '#flow/steps/index';
import type { WorkspaceIndex } from '#flow/workspace-index';
import { localeOf } from '../_run/duration';
import { CanvasContext, type CanvasEdit, type CanvasFacts, type CanvasSigns } from './canvas-context';
import { CanvasGround, CanvasLinks } from './canvas-links';
import styles from './canvas.module.css';
import { nodesOf, type CanvasNode } from './canvas-nodes';
import { layoutOf } from './layout';
import { Minimap } from './minimap';
import { NoteCard } from './note-node';
import { PeopleLayer } from './people-layer';
import { useStanding } from './people';
import { nextStop, placeBeside, stopsOf, type Direction } from './place';
import { createRunBoard, type RunBoard } from './run-board';
import { StepCard } from './step-card';
import { AddStage, Caption, LaneRow, StageColumn } from './stage-nodes';
import { useCanvasDrag, stepDragType } from './use-canvas-drag';
import { useCanvasView, ZoomLevel, type CanvasHandle } from './use-canvas-view';
import { withRemoved } from './with-removed';
import { ZoomBar } from './zoom-bar';

export type { CanvasEdit, CanvasSigns } from './canvas-context';
export type { CanvasHandle } from './use-canvas-view';

export type FlowCanvasProps = {
  definition: FlowDefinition;
  component: ComponentModel;
  index: WorkspaceIndex;
  problems?: readonly Problem[];
  run?: RunState | null;
  diff?: FlowDiff | null;
  /** With `diff`: where removed steps stood. */
  before?: FlowDefinition | null;
  /** With `diff`: who changed a step. */
  authors?: ReadonlyMap<string, string>;
  /** Open threads of comments by step. */
  comments?: ReadonlyMap<string, number>;
  /** Steps that are not as published. */
  drafts?: ReadonlySet<string>;
  selectedIds?: readonly string[];
  onSelect?: (ids: string[]) => void;
  /** Enter or double click on a card. */
  onOpen?: (stepId: string) => void;
  onEye?: (stepId: string) => void;
  readOnly?: boolean;
  people?: readonly Presence[];
  /** The person whose pointer the view follows. */
  following?: string | null;
  edit?: CanvasEdit;
  signs?: CanvasSigns;
  /** This person moved the view themselves. */
  onMoved?: () => void;
  newNoteId?: string | null;
  handle?: Ref<CanvasHandle>;
  /** Without zoom bar and minimap, as in a dialog. */
  bare?: boolean;
};

const nodeTypes = { step: StepCard, stage: StageColumn, lane: LaneRow, note: NoteCard, addStage: AddStage, caption: Caption };
const directions: Record<string, Direction> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };
/** Above this many steps only those in view are in the page. */
const cullAbove = 120;
const unnamed: ReadonlyMap<string, string> = new Map();
const uncommented: ReadonlyMap<string, number> = new Map();
const noDrafts: ReadonlySet<string> = new Set();
const nobody: readonly Presence[] = [];
const nothing: readonly Problem[] = [];

/** A flow drawn from its definition: in the editor, in a replay, in a diff. */
export function FlowCanvas({ run = null, ...props }: FlowCanvasProps) {
  const { definition } = props;
  const [board] = useState(() => {
    const made = createRunBoard();
    made.show(definition, run);
    return made;
  });
  useLayoutEffect(() => board.show(definition, run), [board, definition, run]);
  return <ReactFlowProvider><Canvas {...props} board={board} /></ReactFlowProvider>;
}

/** An event of the run does not come this way: cards and links read the board. */
const Canvas = memo(function Canvas({
  board, definition: given, component, index, problems = nothing, diff = null, before = null, authors = unnamed, comments = uncommented, drafts = noDrafts, selectedIds, onSelect, onOpen, onEye, readOnly = false, people = nobody, following = null, edit, signs, onMoved, newNoteId = null, handle, bare = false,
}: Omit<FlowCanvasProps, 'run'> & { board: RunBoard }) {
  const t = useTranslations('canvas');
  const locale = localeOf(useLocale());
  const container = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState(true);
  const editable = edit !== undefined && !readOnly;
  const definition = useMemo(() => (diff && before ? withRemoved(given, before, diff) : given), [given, before, diff]);
  const layout = useMemo(() => layoutOf(definition, { addRow: editable }), [definition, editable]);
  const selected = useMemo(() => new Set(selectedIds), [selectedIds]);
  const stops = useMemo(() => stopsOf(layout, editable), [layout, editable]);
  const view = useCanvasView({ container, layout, stops, handle, captioned: definition.settings?.description !== undefined, following, people });
  const drag = useCanvasDrag({ layout, edit: editable ? edit : undefined, signs, definition });

  const laneLabel = useCallback((owner: Step, value: string) => {
    const type = stepType(stepKey(definition.kind, owner.type));
    const prepared = type?.kind === 'workflow' ? type.prepare(owner.params ?? {}) : null;
    return (prepared?.ok ? prepared.plan.lanes({ component, index }).find((each) => each.case === value)?.label[locale] : undefined) ?? value;
  }, [definition.kind, component, index, locale]);

  const standing = useStanding(people);
  const known = useRef<ReadonlyMap<string, CanvasNode>>(new Map());
  const nodes = useMemo(() => {
    const made = nodesOf({ definition, layout, problems, diff, authors, comments, drafts, people: standing, selected, editable, laneLabel }, known.current);
    known.current = new Map(made.map((node) => [node.id, node]));
    return made;
  }, [definition, layout, problems, diff, authors, comments, drafts, standing, selected, editable, laneLabel]);
  const { positioned } = drag;
  const shown = useMemo(() => positioned(nodes), [positioned, nodes]);

  const latest = useRef(selected);
  latest.current = selected;
  const onNodesChange = (changes: NodeChange<CanvasNode>[]) => {
    drag.onNodesChange(changes);
    const picks = changes.filter((change) => change.type === 'select');
    if (picks.length === 0 || !onSelect) return;
    const next = new Set(latest.current);
    for (const pick of picks) if (pick.selected) next.add(pick.id); else next.delete(pick.id);
    latest.current = next;
    onSelect([...next]);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const key = event.target instanceof HTMLElement ? event.target.dataset['stop'] : undefined;
    if (key === undefined || event.ctrlKey || event.metaKey) return;
    const direction = directions[event.key];
    if (direction && event.altKey) {
      event.preventDefault();
      const place = editable ? placeBeside(layout, key, direction) : null;
      if (place) edit?.moveSteps([key], place);
      view.focusStop(key);
    } else if (direction) {
      event.preventDefault();
      const next = nextStop(stops, key, direction);
      if (next === null) return;
      if (layout.cards.has(next)) onSelect?.(event.shiftKey ? [...selected, next] : [next]);
      view.focusStop(next);
    } else if (event.key === 'Enter' && layout.cards.has(key)) {
      event.preventDefault();
      onSelect?.([key]);
      onOpen?.(key);
    } else if (event.key === ' ' && layout.cards.has(key)) {
      event.preventDefault();
      onSelect?.(selected.has(key) ? [...selected].filter((id) => id !== key) : [...selected, key]);
    }
  };

  const stageCount = definition.lanes[0]?.stages.length ?? 0;
  const latestEye = useRef(onEye);
  latestEye.current = onEye;
  const hasEye = onEye !== undefined;
  const eye = useMemo(() => (hasEye ? (stepId: string) => latestEye.current?.(stepId) : null), [hasEye]);
  const facts = useMemo((): CanvasFacts => ({
    kind: definition.kind, component, index, edit: editable ? edit : null, stageCount, tabStop: view.tabStop, board, onEye: eye, newNoteId,
  }), [definition.kind, component, index, editable, edit, stageCount, view.tabStop, board, eye, newNoteId]);
  const faulty = useMemo(() => new Set(problems.flatMap((each) => (each.stepId && each.level === 'error' ? [each.stepId] : []))), [problems]);
  const disabled = useMemo(() => new Set(stepsOf(definition).flatMap((step) => (step.disabled ? [step.id] : []))), [definition]);
  const names = useMemo(() => new Map(stepsOf(definition).map((step) => [step.id, step.name])), [definition]);
  const followed = people.find((each) => each.user.id === following);
  const pointer = signs?.pointer;
  const look = signs?.view;

  return (
    <CanvasContext value={facts}>
      <div
        ref={container} className={styles.canvas} role="region" aria-label={t('canvas', { name: definition.name })} onKeyDown={onKeyDown}
        onPointerMove={pointer && ((event: PointerEvent) => pointer(view.toCanvas({ x: event.clientX, y: event.clientY })))} onPointerLeave={pointer && (() => pointer(null))}
        onDragOver={editable ? (event: DragEvent) => { if (event.dataTransfer.types.includes(stepDragType)) { event.preventDefault(); drag.over(view.toCanvas({ x: event.clientX, y: event.clientY })); } } : undefined}
        onDragLeave={editable ? drag.leave : undefined}
        onDrop={editable ? (event: DragEvent) => { event.preventDefault(); drag.drop(event.dataTransfer.getData(stepDragType), view.toCanvas({ x: event.clientX, y: event.clientY })); } : undefined}
      >
        <ReactFlow
          nodes={shown} edges={noEdges} nodeTypes={nodeTypes} onNodesChange={onNodesChange} onNodeDrag={drag.onNodeDrag} onNodeDragStop={drag.onNodeDragStop}
          onConnect={drag.onConnect} onConnectEnd={drag.onConnectEnd} isValidConnection={notToItself} connectionRadius={28}
          onNodeDoubleClick={(_event, node) => { if (node.type === 'step') onOpen?.(node.id); }}
          onMoveStart={(event) => { container.current?.setAttribute('data-moving', ''); if (event) onMoved?.(); }} onMove={(_event, viewport) => look?.(middleOf(container.current, viewport))} onMoveEnd={() => { container.current?.removeAttribute('data-moving'); view.onMoveEnd(); }} onInit={view.onInit}
          nodesFocusable={false} edgesFocusable={false} disableKeyboardA11y deleteKeyCode={null} elevateNodesOnSelect={false} selectNodesOnDrag={false}
          multiSelectionKeyCode={multiKeys} selectionKeyCode="Shift" nodesDraggable={editable} nodesConnectable={editable} nodeDragThreshold={4}
          panOnScroll zoomOnDoubleClick={false} minZoom={0.1} maxZoom={2} onlyRenderVisibleElements={layout.cards.size > cullAbove} noWheelClassName="nowheel"
        >
          <ViewportPortal>
            <CanvasGround layout={layout} />
            <CanvasLinks layout={layout} diff={diff} selected={selected} disabled={disabled} />
            {drag.line && <span className={styles.dropLine} style={{ left: drag.line.x, top: drag.line.y, width: drag.line.width, height: drag.line.height }} />}
          </ViewportPortal>
          {people.length > 0 && <PeopleLayer people={people} names={names} />}
          <ZoomLevel container={container} />
        </ReactFlow>
        {!bare && <ZoomBar map={map} onMap={() => setMap(!map)} onFit={view.fit} />}
        {!bare && map && <Minimap definition={definition} layout={layout} selected={selected} faulty={faulty} people={people} />}
        {followed && <span className={styles.frame} data-following={followed.user.id} style={{ borderColor: followed.user.colour }}><b style={{ background: followed.user.colour }}>{t('following', { name: followed.user.name })}</b></span>}
      </div>
    </CanvasContext>
  );
});

const middleOf = (box: HTMLElement | null, { x, y, zoom }: { x: number; y: number; zoom: number }) => ({ x: Math.round(((box?.clientWidth ?? 0) / 2 - x) / zoom), y: Math.round(((box?.clientHeight ?? 0) / 2 - y) / zoom), zoom: Math.round(zoom * 1_000) / 1_000 });
const noEdges: never[] = [];
const multiKeys = ['Shift', 'Meta', 'Control'];
const notToItself = (connection: { source: string; target: string }) => connection.source !== connection.target;
