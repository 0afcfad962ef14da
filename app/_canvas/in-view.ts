import { boxAround, type Box } from './path-shape';

/** Where the canvas stands: its origin in px from the corner of the window it is seen through, and that window's size. */
export type View = { x: number; y: number; zoom: number; width: number; height: number };

/** On the screen, in px. */
const [tilePx, marginPx] = [512, 96];

/**
 * The part of the canvas that is in view with a margin, out to the next full tiles: while the canvas is moved it changes
 * when a tile's edge is crossed and not with every frame. Tiles double in size as the zoom halves.
 */
export function tilesInView({ x, y, zoom, width, height }: View): Box {
  const tile = tilePx * 2 ** Math.ceil(Math.log2(1 / zoom));
  const from = (at: number) => Math.floor((-at - marginPx) / zoom / tile) * tile;
  const to = (at: number, size: number) => Math.ceil((size - at + marginPx) / zoom / tile) * tile;
  const [left, top] = [from(x), from(y)];
  return { x: left, y: top, width: to(x, width) - left, height: to(y, height) - top };
}

/** Those that touch the view, in their order; a line without thickness has a box, too. */
export function inView<T extends { box: Box }>(all: readonly T[], view: Box): T[] {
  return all.filter(({ box }) => box.x <= view.x + view.width && view.x <= box.x + box.width && box.y <= view.y + view.height && view.y <= box.y + box.height);
}

/** Beyond stages and lanes: links round them, captions, marks. */
const beyond = 400;

/** Whatever is in view and the whole flow. */
export function groundOf({ width, height }: { width: number; height: number }, tiles: Box): Box {
  return boxAround([{ x: -beyond, y: -beyond }, { x: width + beyond, y: height + beyond }, { x: tiles.x, y: tiles.y }, { x: tiles.x + tiles.width, y: tiles.y + tiles.height }]);
}

export const sameBox = (a: Box, b: Box): boolean => a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
