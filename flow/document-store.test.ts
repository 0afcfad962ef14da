import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { canonicalJson } from './canonical';
import * as edits from './document';
import { flowStore } from './document-store';
import { shortFlow } from './testing-flow';
import { start, two } from './document/testing-document';

describe('snapshots', () => {
  test('F29 a step keeps its snapshot while others change, and listeners hear only of their own', () => {
    const doc = edits.createDocument(start());
    const store = flowStore(doc);
    const [f, d, heard] = [store.step('f'), store.step('d'), { f: 0, d: 0, shape: 0 }];
    f.subscribe(() => heard.f++);
    d.subscribe(() => heard.d++);
    store.shape.subscribe(() => heard.shape++);
    const [before, shape] = [d.getSnapshot(), store.shape.getSnapshot()];
    edits.setParam(doc, 'f', 'srcField', 'b', 'me');
    expect([f.getSnapshot()?.params, heard]).toEqual([{ srcField: 'b' }, { f: 1, d: 0, shape: 0 }]);
    edits.moveSteps(doc, ['d'], { stageId: 'stg_1', index: 0 }, 'me');
    expect(heard).toEqual({ f: 1, d: 0, shape: 1 });
    expect(d.getSnapshot()).toBe(before);
    expect(store.shape.getSnapshot()).not.toBe(shape);
    edits.removeSteps(doc, ['d'], 'u', 'me');
    expect([d.getSnapshot(), heard.d]).toEqual([null, 1]);
    expect(store.step('f')).toBe(f);
  });

  test('F29 what others did is gathered for one frame, one’s own edit shows at once', () => {
    const { ana, bo } = two();
    const frames: (() => void)[] = [];
    const store = flowStore(ana, (flush) => frames.push(flush));
    let heard = 0;
    const stop = store.definition.subscribe(() => heard++);
    for (const field of ['x', 'y', 'z']) {
      edits.setParam(bo, 'f', 'srcField', field, 'bo');
      Y.applyUpdate(ana, Y.encodeStateAsUpdate(bo), 'network');
    }
    expect([frames.length, heard, store.step('f').getSnapshot()?.params]).toEqual([1, 0, { srcField: 'a' }]);
    frames[0]?.();
    expect([heard, store.step('f').getSnapshot()?.params]).toEqual([1, { srcField: 'z' }]);
    edits.renameStep(ana, 'f', 'Mine', 'ana');
    expect([heard, store.step('f').getSnapshot()?.name]).toEqual([2, 'Mine']);
    stop();
    store.close();
    edits.renameStep(ana, 'f', 'Later', 'ana');
    expect(heard).toBe(2);
  });

  test('F13 one keystroke in a flow of 1,500 steps costs no reading of the others', () => {
    const doc = edits.createDocument(shortFlow(Array.from({ length: 1_500 }, (_, at) => ({ id: `s${at}`, type: 'distinct' }))));
    const store = flowStore(doc);
    const others = store.step('s7').getSnapshot();
    const { user: before } = process.cpuUsage();
    for (let at = 0; at < 10; at++) edits.setParam(doc, 's5', 'keys', [`k${at}`], 'me');
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000);
    expect(store.step('s7').getSnapshot()).toBe(others);
    expect(canonicalJson(store.definition.getSnapshot())).toBe(canonicalJson(edits.definitionOf(doc)));
  });
});
