'use client';
import type { Connection, FinalConnectionState, Node, NodeChange } from '@xyflow/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { stepKey, stepsOf, type FlowDefinition, type SourcePort } from '#flow/flow';
import { stepType } from '#flow/steps/index';
import type { CanvasEdit, CanvasSigns } from './canvas-context';
import type { CanvasNode } from './canvas-nodes';
import type { Box, CanvasLayout } from './layout';
import { lineAt, placeAt, type Place } from './place';
import type { Point } from './path-shape';

/** The type of what the palette hands over when one of its steps is dragged. */
export const stepDragType = 'application/x-millrace-step';

type Options = { layout: CanvasLayout; definition: FlowDefinition; edit: CanvasEdit | undefined; signs: CanvasSigns | undefined };
type Drag = { positions: ReadonlyMap<string, Point>; place: Place | null };

/** Dragging is local (others see a sign); the document changes once, on drop. */
export function useCanvasDrag({ layout, definition, edit, signs }: Options) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const now = useRef({ layout, definition, edit, signs });
  now.current = { layout, definition, edit, signs };

  const onNodesChange = useCallback((changes: NodeChange<CanvasNode>[]) => {
    const moves = changes.filter((change) => change.type === 'position' && change.dragging === true);
    if (moves.length === 0) return;
    setDrag((before) => {
      const positions = new Map(before?.positions);
      for (const move of moves) if (move.type === 'position' && move.position) positions.set(move.id, move.position);
      return { positions, place: before?.place ?? null };
    });
  }, []);

  const onNodeDrag = useCallback((_event: unknown, node: Node, nodes: Node[]) => {
    if (node.type !== 'step') return;
    const ids = stepIds(nodes);
    const place = placeAt(now.current.layout, middleOf(node), new Set(ids));
    setDrag((before) => ({ positions: before?.positions ?? new Map<string, Point>(), place }));
    now.current.signs?.dragging?.({ stepIds: ids, at: node.position });
  }, []);

  const onNodeDragStop = useCallback((_event: unknown, node: Node, nodes: Node[]) => {
    setDrag(null);
    const { edit: change, layout: at, definition: flow, signs: others } = now.current;
    others?.dragging?.(null);
    if (!change) return;
    if (node.type === 'note') return change.moveNote(node.id.slice('note:'.length), node.position);
    const ids = stepsOf(flow).flatMap((step) => (nodes.some((each) => each.id === step.id) ? [step.id] : []));
    const place = placeAt(at, middleOf(node), new Set(ids));
    if (place && ids.length > 0) change.moveSteps(ids, place);
  }, []);

  const onConnect = useCallback(({ source, target, targetHandle }: Connection) => now.current.edit?.connect(source, target, portOf(targetHandle)), []);

  /** Letting go over the card, not only over its handle, sets the source too. */
  const onConnectEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.isValid || state.fromHandle?.type !== 'source' || !state.fromNode) return;
    const point = 'changedTouches' in event ? event.changedTouches[0] : event;
    const under = point ? document.elementFromPoint(point.clientX, point.clientY)?.closest('[data-step]') : null;
    const target = under instanceof HTMLElement ? under.dataset['step'] : undefined;
    const { definition: flow, edit: change } = now.current;
    const step = stepsOf(flow).find((each) => each.id === target);
    const type = step ? stepType(stepKey(flow.kind, step.type)) : undefined;
    if (!step || step.id === state.fromNode.id || type?.kind !== 'dataflow' || type.sources === 'none') return;
    const port = type.sources !== 'two' ? 'source' : step.sources?.left ? 'right' : 'left';
    change?.connect(state.fromNode.id, step.id, port);
  }, []);

  const over = useCallback((at: Point) => setDrag({ positions: new Map(), place: placeAt(now.current.layout, at) }), []);
  const leave = useCallback(() => setDrag(null), []);
  const drop = useCallback((typeId: string, at: Point) => {
    setDrag(null);
    const place = placeAt(now.current.layout, at);
    if (typeId && place) now.current.edit?.addType(typeId, place);
  }, []);

  const positioned = useCallback((nodes: CanvasNode[]): CanvasNode[] => {
    if (!drag || drag.positions.size === 0) return nodes;
    return nodes.map((node) => {
      const position = drag.positions.get(node.id);
      return position ? { ...node, position, dragging: true, zIndex: 10 } : node;
    });
  }, [drag]);

  const line = useMemo((): Box | null => (drag?.place ? lineAt(layout, drag.place, new Set(drag.positions.keys())) : null), [drag, layout]);
  return { onNodesChange, onNodeDrag, onNodeDragStop, onConnect, onConnectEnd, over, leave, drop, positioned, line };
}

const stepIds = (nodes: readonly Node[]) => nodes.flatMap((node) => (node.type === 'step' ? [node.id] : []));
const middleOf = (node: Node): Point => ({ x: node.position.x + (node.width ?? 0) / 2, y: node.position.y + (node.height ?? 0) / 2 });

function portOf(handle: string | null | undefined): SourcePort {
  return handle === 'left' || handle === 'right' ? handle : 'source';
}
