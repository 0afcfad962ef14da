export type Point = { x: number; y: number };
export type Box = { x: number; y: number; width: number; height: number };

/** The smallest box that holds these points: a curve never leaves that of its control points. */
export function boxAround(points: readonly Point[]): Box {
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

/** An SVG path along right angles whose corners are rounded, less where a leg is too short for the radius. */
export function roundedPath(points: readonly Point[], radius: number): string {
  const apart = points.filter((point, place) => {
    const before = points[place - 1];
    return !before || distance(before, point) > 0.5;
  });
  const corners = apart.filter((point, place) => {
    const [before, after] = [apart[place - 1], apart[place + 1]];
    return !before || !after || !straight(before, point, after);
  });
  return corners.map((point, place) => {
    const before = corners[place - 1];
    const after = corners[place + 1];
    if (!before) return `M${point.x} ${point.y}`;
    if (!after) return `L${point.x} ${point.y}`;
    const r = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
    const start = towards(point, before, r);
    const end = towards(point, after, r);
    return `L${start.x} ${start.y}Q${point.x} ${point.y} ${end.x} ${end.y}`;
  }).join('');
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
const straight = (a: Point, b: Point, c: Point) => (a.x === b.x && b.x === c.x) || (a.y === b.y && b.y === c.y);

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  return { x: from.x + ((to.x - from.x) * by) / length, y: from.y + ((to.y - from.y) * by) / length };
}
