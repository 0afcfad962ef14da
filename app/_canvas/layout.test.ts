import { describe, expect, it } from 'vitest';
import type { FlowDefinition, Step } from '#flow/flow';
import { layoutOf, type CanvasLayout, type CardBox } from './layout';
import { addStageKey, addStepKey, lineAt, nextStop, placeAt, placeBeside, stageMenuKey, stopsOf } from './place';

const step = (id: string, source?: string): Step => ({ id, type: 'distinct', name: id, ...(source ? { sources: { source } } : {}) });
const dataflow = (...columns: Step[][]): FlowDefinition => ({
  schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: columns.map((steps, i) => ({ id: `s${i}`, name: `S${i}`, steps })) }],
});
const card = (layout: CanvasLayout, id: string): CardBox => {
  const found = layout.cards.get(id);
  if (!found) throw new Error(`no card ${id}`);
  return found;
};
const path = (layout: CanvasLayout, to: string) => layout.links.find((link) => link.to === to)?.path;

describe('the layout', () => {
  const weather = dataflow([step('form'), step('read', 'form')], [step('distinct', 'read'), step('rain', 'distinct')], [step('group', 'rain'), step('totals', 'group')], [step('a'), step('b'), step('c'), step('store', 'rain')]);
  const layout = layoutOf(weather, { addRow: true });

  it('puts stages in columns of 220 with 40 between, as tall as their own cards', () => {
    expect(layout.stages.map((each) => [each.x, each.width, each.height])).toEqual([[0, 220, 240], [260, 220, 240], [520, 220, 240], [780, 220, 424]]);
  });
  it('stacks cards of 204 by 72 with 20 between', () => {
    expect(card(layout, 'form')).toMatchObject({ x: 8, y: 36, width: 204, height: 72 });
    expect(card(layout, 'read').y - card(layout, 'form').y).toBe(92);
  });
  it('draws a link inside a stage straight down and to the next stage as a curve', () => {
    expect(path(layout, 'read')).toBe('M110 108V128');
    expect(path(layout, 'distinct')).toMatch(/^M212 164C/);
  });
  it('draws a link past a stage at right angles in the row of its target when the stages between are shorter', () => {
    expect(path(layout, 'store')).toBe('M472 164L486 164Q496 164 496 174L496 338Q496 348 506 348L788 348');
  });
  it('takes the row below when a stage between is in the way', () => {
    const tall = layoutOf(dataflow([step('x')], [step('1'), step('2'), step('3')], [step('y', 'x')]));
    const bottom = Math.max(...tall.stages.map((each) => each.height));
    expect(tall.links.find((link) => link.to === 'y')?.middle.y).toBe(bottom + 20);
  });
  it('draws nothing for a source that is not there', () => {
    expect(layoutOf(dataflow([step('y', 'gone')])).links).toEqual([]);
  });
  it('brings lanes of later conditions first and nests lanes of conditions inside lanes', () => {
    const workflow: FlowDefinition = { schema: 1, kind: 'workflow', name: 'W', lanes: [
      { id: 'main', stages: [{ id: 's0', name: 'A', steps: [step('if')] }, { id: 's1', name: 'B', steps: [step('switch')] }] },
      { id: 'no', when: { step: 'if', case: 'alternative' }, stages: [{ id: 's2', name: 'No', steps: [step('n1')] }] },
      { id: 'one', when: { step: 'switch', case: '1' }, stages: [{ id: 's3', name: 'One', steps: [step('o1'), step('inner')] }] },
      { id: 'deep', when: { step: 'inner', case: 'true' }, stages: [{ id: 's4', name: 'Deep', steps: [] }] },
      { id: 'two', when: { step: 'switch', case: '2' }, stages: [{ id: 's5', name: 'Two', steps: [] }] },
    ] };
    const lanes = layoutOf(workflow).lanes;
    expect(lanes.map((each) => each.lane.id)).toEqual(['one', 'deep', 'two', 'no']);
    expect(lanes.map((each) => each.height)).toEqual([96, 44, 44, 96]);
    expect(lanes.every((each, i) => i === 0 || each.y > (lanes[i - 1]?.y ?? 0))).toBe(true);
    expect(layoutOf(workflow).links.find((link) => link.to === 'switch')?.port).toBe('order');
  });
});

describe('branches', () => {
  const workflow: FlowDefinition = { schema: 1, kind: 'workflow', name: 'W', lanes: [
    { id: 'main', stages: [{ id: 's0', name: 'A', steps: [step('ask'), step('switch')] }, { id: 's1', name: 'B', steps: [step('after')] }] },
    { id: 'one', when: { step: 'switch', case: '1' }, stages: [{ id: 's2', name: 'One', steps: [step('o1'), step('inner')] }] },
    { id: 'deep', when: { step: 'inner', case: 'true' }, stages: [{ id: 's3', name: 'Deep', steps: [step('d1')] }] },
    { id: 'two', when: { step: 'switch', case: '2' }, stages: [{ id: 's4', name: 'Two', steps: [] }] },
    { id: 'three', when: { step: 'switch', case: '3' }, stages: [{ id: 's5', name: 'Three', steps: [step('t1')] }] },
  ] };
  const layout = layoutOf(workflow, { addRow: true });
  const walk = (from: string, way: string, editable = true) => [...way].reduce<(string | null)[]>((seen, letter) => {
    const at = seen.at(-1);
    return [...seen, at === null || at === undefined ? null : nextStop(stopsOf(layout, editable), at, letter === 'u' ? 'up' : letter === 'd' ? 'down' : letter === 'l' ? 'left' : 'right')];
  }, [from]).slice(1);

  it('are walked along, from one to the next, and back to their condition', () => {
    expect(walk('switch', 'dd')).toEqual([addStepKey('s0'), 'o1']);
    expect(walk('o1', 'rr')).toEqual(['inner', addStepKey('s2')]);
    expect(walk('inner', 'll')).toEqual(['o1', 'switch']);
    expect(walk('inner', 'd')).toEqual(['d1']);
    expect(walk('d1', 'l')).toEqual(['inner']);
    expect(walk('d1', 'ddl')).toEqual([addStepKey('s4'), addStepKey('s5'), 't1']);
    expect(walk('t1', 'u')).toEqual([addStepKey('s4')]);
  });
  it('do not stand in the way of the stages, and without "+" an empty one is passed over', () => {
    expect(walk('ask', 'r')).toEqual(['after']);
    expect(walk('after', 'l')).toEqual(['ask']);
    expect(walk('d1', 'd', false)).toEqual(['t1']);
    expect(walk('switch', 'd', false)).toEqual(['o1']);
    expect(walk('o1', 'u', false)).toEqual(['switch']);
  });
  it('take a card from one another with Alt and the arrows, never into a branch of its own', () => {
    expect(placeBeside(layout, 't1', 'up')).toEqual({ stageId: 's4', index: 0 });
    expect(placeBeside(layout, 'inner', 'down')).toEqual({ stageId: 's4', index: 0 });
    expect(placeBeside(layout, 'o1', 'down')).toEqual({ stageId: 's3', index: 0 });
    expect(placeBeside(layout, 'o1', 'up')).toEqual({ stageId: 's0', index: 2 });
    expect(placeBeside(layout, 'd1', 'up')).toEqual({ stageId: 's2', index: 2 });
    expect(placeBeside(layout, 'o1', 'right')).toEqual({ stageId: 's2', index: 1 });
    expect(placeBeside(layout, 't1', 'down')).toBeNull();
  });
  it('leave room for their "+" where the flow is fitted into the view', () => {
    const widest = Math.max(...layout.lanes.map((each) => each.x + each.width));
    expect([layout.width, layoutOf(workflow).width]).toEqual([widest + 32, widest]);
  });
});

describe('places', () => {
  const layout = layoutOf(dataflow([step('a'), step('b')], [], [step('c')]), { addRow: true });
  it('count the cards above the pointer, without those being dragged', () => {
    expect(placeAt(layout, { x: 110, y: 120 })).toEqual({ stageId: 's0', index: 1 });
    expect(placeAt(layout, { x: 110, y: 200 }, new Set(['a']))).toEqual({ stageId: 's0', index: 1 });
    expect(placeAt(layout, { x: 370, y: 60 })).toEqual({ stageId: 's1', index: 0 });
    expect(placeAt(layout, { x: 2_000, y: 60 })).toBeNull();
  });
  it('are shown by a line between the cards', () => {
    expect(lineAt(layout, { stageId: 's0', index: 1 })).toMatchObject({ x: 8, y: 117, height: 2 });
  });
  it('beside a card are the next one in its stage and the stage next to it', () => {
    expect(placeBeside(layout, 'a', 'down')).toEqual({ stageId: 's0', index: 1 });
    expect(placeBeside(layout, 'a', 'up')).toBeNull();
    expect(placeBeside(layout, 'b', 'right')).toEqual({ stageId: 's1', index: 0 });
    expect(placeBeside(layout, 'c', 'right')).toBeNull();
  });
  it('are walked by arrows through cards, "Add step" and "+", over empty stages', () => {
    const stops = stopsOf(layout, true);
    expect(nextStop(stops, 'a', 'down')).toBe('b');
    expect(nextStop(stops, 'b', 'down')).toBe(addStepKey('s0'));
    expect(nextStop(stops, 'a', 'right')).toBe(addStepKey('s1'));
    expect(nextStop(stops, 'c', 'right')).toBe(addStageKey);
    expect(nextStop(stopsOf(layout, false), 'a', 'right')).toBe('c');
    expect(nextStop(stops, 'a', 'up')).toBe(stageMenuKey('s0'));
    expect(nextStop(stops, stageMenuKey('s0'), 'up')).toBeNull();
    expect(nextStop(stops, stageMenuKey('s0'), 'right')).toBe(stageMenuKey('s1'));
  });
});
