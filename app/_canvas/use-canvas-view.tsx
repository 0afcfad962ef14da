'use client';
import { useReactFlow, useStore } from '@xyflow/react';
import { useCallback, useEffect, useImperativeHandle, useRef, useState, type Ref, type RefObject } from 'react';
import type { Presence } from '#flow/presence';
import { createTabStop } from './canvas-context';
import { levelOf } from './card-view';
import type { Box, CanvasLayout } from './layout';
import type { Point } from './path-shape';
import type { Stop } from './place';

/** What the page around the canvas may ask of the view. */
export type CanvasHandle = {
  /** Brings a card into view; with `focus` the keyboard goes there too. */
  reveal: (stepId: string, options?: { focus?: boolean }) => void;
  focusCanvas: () => void;
  fit: () => void;
  zoomBy: (factor: number) => void;
  /** Brings a point into the middle of the view. */
  centre: (at: Point) => void;
  /** The middle of what is in view, in canvas coordinates. */
  middle: () => Point;
};

type Options = {
  container: RefObject<HTMLDivElement | null>; layout: CanvasLayout; stops: readonly Stop[]; handle: Ref<CanvasHandle> | undefined; captioned: boolean;
  following: string | null; people: readonly Presence[];
};

const margin = 24;
const barHeight = 56;

export function useCanvasView({ container, layout, stops, handle, captioned, following, people }: Options) {
  const flow = useReactFlow();
  const [tabStop] = useState(createTabStop);
  const now = useRef({ layout, stops });
  now.current = { layout, stops };

  const size = useCallback(() => ({ width: container.current?.clientWidth ?? 0, height: container.current?.clientHeight ?? 0 }), [container]);

  /** Whole flow in view, at most at 100 %. */
  const fit = useCallback(() => {
    const { width, height } = size();
    const wanted = now.current.layout;
    const zoom = Math.max(0.1, Math.min(1, (width - 2 * margin) / Math.max(1, wanted.width), (height - 2 * margin - barHeight) / Math.max(1, wanted.height)));
    void flow.setViewport({ x: Math.max(margin, (width - wanted.width * zoom) / 2), y: captioned ? 72 : margin, zoom }, { duration: still() ? 0 : 320 });
  }, [flow, size, captioned]);

  const onInit = useCallback(() => {
    const { width } = size();
    const zoom = Math.max(0.75, Math.min(1, (width - 2 * margin) / Math.max(1, now.current.layout.width)));
    void flow.setViewport({ x: margin, y: captioned ? 72 : 28, zoom });
  }, [flow, size, captioned]);

  const revealBox = useCallback((box: Box) => {
    const { width, height } = size();
    const { x, y, zoom } = flow.getViewport();
    const left = box.x * zoom + x;
    const top = box.y * zoom + y;
    const dx = shift(left, box.width * zoom, width, margin, margin);
    const dy = shift(top, box.height * zoom, height, margin, barHeight);
    if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration: still() ? 0 : 200 });
  }, [flow, size]);

  const focusStop = useCallback((key: string) => {
    const stop = now.current.stops.find((each) => each.key === key);
    if (!stop) return;
    revealBox(stop.box);
    tabStop.set(key);
    focusWhenThere(container, key);
  }, [container, revealBox, tabStop]);

  const reveal = useCallback((stepId: string, options?: { focus?: boolean }) => {
    const card = now.current.layout.cards.get(stepId);
    if (!card) return;
    if (options?.focus) focusStop(stepId);
    else revealBox(card);
  }, [focusStop, revealBox]);

  /** The tab stop must be on the page: when it left the view, the first stop in view takes its place. */
  const onMoveEnd = useCallback(() => {
    const { width, height } = size();
    const { x, y, zoom } = flow.getViewport();
    const inView = (box: Box) => box.x * zoom + x < width && (box.x + box.width) * zoom + x > 0 && box.y * zoom + y < height && (box.y + box.height) * zoom + y > 0;
    const all = now.current.stops;
    const kept = all.find((each) => each.key === tabStop.get());
    if (!kept || !inView(kept.box)) tabStop.set(all.find((each) => inView(each.box))?.key ?? all[0]?.key ?? null);
  }, [flow, size, tabStop]);
  useEffect(onMoveEnd, [onMoveEnd, stops]);

  useImperativeHandle(handle, () => ({
    reveal, fit, focusCanvas: () => { const key = tabStop.get(); if (key !== null) focusStop(key); },
    zoomBy: (factor) => void flow.zoomTo(Math.min(2, Math.max(0.1, flow.getZoom() * factor)), { duration: 120 }),
    middle: () => { const { width, height } = size(); const { x, y, zoom } = flow.getViewport(); return { x: (width / 2 - x) / zoom, y: (height / 2 - y) / zoom }; },
    centre: ({ x, y }) => void flow.setCenter(x, y, { zoom: flow.getZoom(), duration: still() ? 0 : 320 }),
  }), [reveal, fit, focusStop, tabStop, flow, size]);

  const followed = following === null ? undefined : people.find((each) => each.user.id === following);
  const [viewX, viewY, viewZoom] = [followed?.viewport?.x, followed?.viewport?.y, followed?.viewport?.zoom];
  useEffect(() => {
    if (viewX === undefined || viewY === undefined || viewZoom === undefined) return;
    void flow.setCenter(viewX, viewY, { zoom: Math.min(2, Math.max(0.1, viewZoom)), duration: still() ? 0 : 120 });
  }, [viewX, viewY, viewZoom, flow]);
  // Their window may be larger than this one: the pointer stays in view in any case.
  const [followX, followY] = [followed?.cursor?.x, followed?.cursor?.y];
  useEffect(() => {
    if (followX !== undefined && followY !== undefined) revealBox({ x: followX - 120, y: followY - 90, width: 240, height: 180 });
  }, [followX, followY, revealBox]);

  const toCanvas = useCallback((at: Point) => flow.screenToFlowPosition(at), [flow]);
  return { tabStop, focusStop, onMoveEnd, onInit, fit, toCanvas };
}

const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** How far to pan so that a span lies inside the view, its start first when it is too long. */
function shift(start: number, length: number, room: number, before: number, after: number): number {
  if (start < before) return before - start;
  const over = start + length - (room - after);
  return over > 0 ? -Math.min(over, start - before) : 0;
}

/** A card that was out of view is drawn some frames after the view moved. */
function focusWhenThere(container: RefObject<HTMLDivElement | null>, key: string, tries = 30): void {
  const element = container.current?.querySelector(`[data-stop="${CSS.escape(key)}"]`);
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
  else if (tries > 0) requestAnimationFrame(() => focusWhenThere(container, key, tries - 1));
}

/** Puts the zoom on the canvas element, where the style sheet reads it; cards need not draw again. */
export function ZoomLevel({ container }: { container: RefObject<HTMLDivElement | null> }) {
  const zoom = useStore((state) => state.transform[2]);
  useEffect(() => {
    const element = container.current;
    if (!element) return;
    element.dataset['level'] = levelOf(zoom);
    element.style.setProperty('--inv', String(1 / zoom));
  }, [container, zoom]);
  return null;
}
