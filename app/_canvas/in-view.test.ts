import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groundOf, inView, tilesInView, type View } from './in-view';
import { layoutOf } from './layout';
import { together } from './link-look';

const views = fc.record({ x: fc.integer({ min: -20_000, max: 20_000 }), y: fc.integer({ min: -20_000, max: 20_000 }), zoom: fc.double({ min: 0.1, max: 2, noNaN: true }), width: fc.integer({ min: 1, max: 4_000 }), height: fc.integer({ min: 1, max: 3_000 }) });
const seen = ({ x, y, zoom, width, height }: View) => ({ x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom });

test('F70 what is drawn reaches beyond the view on every side, by less than a tile and its margin', () => {
  fc.assert(fc.property(views, (view) => {
    const [box, exact] = [tilesInView(view), seen(view)];
    const before = [exact.x - box.x, exact.y - box.y, box.x + box.width - exact.x - exact.width, box.y + box.height - exact.y - exact.height];
    for (const beyond of before) {
      expect(beyond * view.zoom).toBeGreaterThan(95.9);
      expect(beyond * view.zoom).toBeLessThan(96 + 1_024.1);
    }
  }), { numRuns: 500 });
});

test('F70 moving the canvas by less than a tile mostly changes nothing', () => {
  const from = { x: 24, y: 28, zoom: 1, width: 1_376, height: 700 };
  const boxes = Array.from({ length: 700 }, (_, by) => JSON.stringify(tilesInView({ ...from, x: from.x - by })));
  expect(new Set(boxes).size).toBeLessThan(6);
});

const stages = Array.from({ length: 40 }, (_, stage) => ({
  id: `g${stage}`, name: `S${stage}`,
  steps: Array.from({ length: 50 }, (_each, at) => ({ id: `s${stage * 50 + at}`, type: 'distinct', name: '', ...(stage + at > 0 ? { sources: { source: `s${stage * 50 + at - 1}` } } : {}) })),
}));
const large = layoutOf({ schema: 1, kind: 'dataflow', name: 'Large', lanes: [{ id: 'main', stages }] });

test('F70 of a flow of 2,000 steps only the links in view are drawn, and every one of those', () => {
  const shown = inView(large.links, tilesInView({ x: 24, y: 28, zoom: 1, width: 1_376, height: 700 }));
  expect(large.links).toHaveLength(1_999);
  expect(shown.length).toBeGreaterThan(60);
  expect(shown.length).toBeLessThan(200);
  expect(shown.map((link) => link.to)).toContain('s50'); // up from the foot of a column of 50 to the head of the next
  expect(inView(large.links, tilesInView({ x: 24, y: 28, zoom: 0.1, width: 1_376, height: 700 }))).toHaveLength(1_999);
});

test('F70 a link’s box holds its whole path, whatever way it takes', () => {
  const step = (id: string, source?: string) => ({ id, type: 'distinct', name: id, ...(source ? { sources: { source } } : {}) });
  const columns = [[step('a', 'z'), step('b', 'a'), step('c', 'a')], [step('d', 'c')], [step('e'), step('f'), step('g'), step('h')], [step('y', 'd'), step('z', 'b')]];
  const flow = layoutOf({ schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: columns.map((steps, at) => ({ id: `s${at}`, name: '', steps })) }] });
  const branched = layoutOf({ schema: 1, kind: 'workflow', name: 'W', lanes: [{ id: 'main', stages: [{ id: 's0', name: '', steps: [step('if'), step('then')] }] }, { id: 'no', when: { step: 'if', case: 'alternative' }, stages: [{ id: 's1', name: '', steps: [step('n1'), step('n2')] }] }] });
  const links = [...large.links, ...flow.links, ...branched.links];
  expect(links.length).toBeGreaterThan(2_005);
  for (const { path, box } of links) {
    for (const { x, y } of pointsOf(path)) {
      expect(x).toBeGreaterThanOrEqual(box.x);
      expect(x).toBeLessThanOrEqual(box.x + box.width);
      expect(y).toBeGreaterThanOrEqual(box.y);
      expect(y).toBeLessThanOrEqual(box.y + box.height);
    }
  }
});

test('F70 the ground lies under all that is in view and under all of the flow, links included', () => {
  const flow = { x: 0, y: 0, width: large.width, height: large.height };
  for (const view of [{ x: 24, y: 28, zoom: 0.75, width: 1_376, height: 700 }, { x: 9_000, y: -9_000, zoom: 2, width: 1_376, height: 700 }]) {
    const tiles = tilesInView(view);
    const ground = groundOf(large, tiles);
    for (const box of [flow, tiles, ...large.links.map((link) => link.box)]) {
      expect([ground.x <= box.x, ground.y <= box.y, ground.x + ground.width >= box.x + box.width, ground.y + ground.height >= box.y + box.height]).toEqual([true, true, true, true]);
    }
  }
});

test('F70 from far away links that look the same are one path, and none is lost', () => {
  const looks = large.links.map((link, at) => ({ link, state: at % 3 === 0 ? 'done' : 'off', on: at === 7, through: false }));
  const bundles = together(looks);
  expect(bundles.map((each) => each.key)).toEqual(['done false false', 'off false false', 'off true false']);
  expect(bundles.map((each) => each.path.split('M').length - 1)).toEqual([667, 1_331, 1]);
});

/** Every corner, end and control point of a path of M, L, Q, C, H and V. */
function pointsOf(path: string): { x: number; y: number }[] {
  let at = { x: 0, y: 0 };
  return [...path.matchAll(/([MLQCHV])([^MLQCHV]*)/g)].flatMap(([, letter, text = '']) => {
    const numbers = text.trim().split(/[ ,]+/).map(Number);
    if (letter === 'H') return [(at = { ...at, x: numbers[0] ?? Number.NaN })];
    if (letter === 'V') return [(at = { ...at, y: numbers[0] ?? Number.NaN })];
    const points = numbers.flatMap((x, place) => (place % 2 === 0 ? [{ x, y: numbers[place + 1] ?? Number.NaN }] : []));
    at = points.at(-1) ?? at;
    return points;
  });
}
