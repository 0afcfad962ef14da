import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { canonicalJson } from '../canonical';
import * as edits from '../document';
import { stepsOf } from '../flow';
import { shortFlow } from '../testing-flow';
import { rows, start, one, order, sizeOf } from './testing-document';

describe('edits', () => {
  test('F25 a moved row keeps its key, and one edited row is one small update', () => {
    const doc = edits.createDocument(shortFlow([{ id: 't', type: 'transform-model', params: { fieldsMapping: rows(...Array.from({ length: 200 }, (_, at) => `f${at}`)) } }]));
    const keys = () => [...(doc.getMap<Y.Map<unknown>>('steps').get('t')?.keys() ?? [])].toSorted();
    const before = keys();
    const wanted = rows(...Array.from({ length: 200 }, (_, at) => `f${at}`));
    wanted.unshift(...wanted.splice(150, 1));
    expect(sizeOf(doc, () => edits.setParam(doc, 't', 'fieldsMapping', wanted, 'me'))).toBeLessThan(200);
    expect(keys()).toEqual(before);
    wanted[7] = { target: 'edited', value: { const: 2 } };
    expect(sizeOf(doc, () => edits.setParam(doc, 't', 'fieldsMapping', wanted, 'me'))).toBeLessThan(200);
    expect(one(doc, 't')?.params?.['fieldsMapping']).toEqual(wanted);
  });

  test('F25 every change of a list ends in the list asked for', () => {
    const doc = edits.createDocument(start());
    for (const targets of [[], ['a'], ['b', 'a'], ['a', 'a', 'a'], ['c', 'a', 'b', 'a'], ['x', 'y', 'z'], ['z', 'y', 'x'], ['y'], ['a', 'y', 'b', 'y']]) {
      edits.setParam(doc, 't', 'fieldsMapping', rows(...targets), 'me');
      expect(one(doc, 't')?.params?.['fieldsMapping'] ?? []).toEqual(rows(...targets));
    }
  });

  test('F26 a text is changed where it differs, never across half a character', () => {
    const doc = edits.createDocument(start());
    const set = (text: string) => edits.setParam(doc, 'in', 'model', text, 'me');
    set('a😀b');
    set('a😁b');
    expect(one(doc, 'in')?.params).toEqual({ model: 'a😁b' });
    set('x'.repeat(50_000));
    expect(sizeOf(doc, () => set(`${'x'.repeat(25_000)}y${'x'.repeat(25_000)}`))).toBeLessThan(60);
    set('{}');
    expect(one(doc, 'in')?.params).toBeUndefined();
  });

  test('F10 a value that is no list or text is kept for the checks to name, and gives way to one that is', () => {
    const doc = edits.createDocument(start());
    edits.setParam(doc, 't', 'fieldsMapping', 'none', 'me');
    edits.setParam(doc, 'in', 'model', 5, 'me');
    expect([one(doc, 't')?.params, one(doc, 'in')?.params]).toEqual([{ fieldsMapping: 'none' }, { model: 5 }]);
    edits.setParam(doc, 't', 'fieldsMapping', rows('a'), 'me');
    edits.setParam(doc, 'in', 'model', '{"a":1}', 'me');
    expect([one(doc, 't')?.params, one(doc, 'in')?.params]).toEqual([{ fieldsMapping: rows('a') }, { model: '{"a":1}' }]);
    edits.setParam(doc, 't', 'nobodyKnows', 1, 'me');
    expect(one(doc, 't')?.params).toEqual({ fieldsMapping: rows('a') });
  });

  test('F27 steps that are added, pasted and duplicated get free names, and sources among them follow', () => {
    const doc = edits.createDocument(start());
    const added = edits.addStep(doc, { stageId: 'stg_1', index: 99, type: 'distinct', name: 'Once' }, 'me');
    expect(one(doc, added)?.name).toBe('Once 2');
    const [copyOfT, copyOfF] = edits.duplicateSteps(doc, ['t', 'f'], 'me');
    expect(order(doc)).toBe(`intf${copyOfT}${copyOfF}d${added}`);
    expect(one(doc, copyOfF ?? '')).toMatchObject({ name: 'Keep 2', sources: { source: copyOfT }, params: { srcField: 'a' } });
    expect(one(doc, copyOfT ?? '')).toMatchObject({ name: 'Shape 2', sources: { source: 'in' } });
    const other = edits.createDocument(shortFlow([]));
    const pasted = edits.pasteFragment(other, edits.copyFragment(edits.definitionOf(doc), ['d', 'f']), { stageId: 'stg_1', index: 0 }, 'me');
    expect(stepsOf(edits.definitionOf(other)).map((each) => [each.type, each.sources?.source])).toEqual([['filter-source', undefined], ['distinct', pasted[0]]]);
  });

  test('F27 steps of the other kind of flow are not pasted', () => {
    const doc = edits.createDocument(shortFlow([{ id: 'u', type: 'finish' }], 'workflow'));
    expect(edits.pasteFragment(doc, edits.copyFragment(start(), ['d']), { stageId: 'stg_1', index: 0 }, 'me')).toEqual([]);
  });

  test('F36 several steps moved together stand in the order given, among those that stay', () => {
    const doc = edits.createDocument(start());
    edits.moveSteps(doc, ['d', 'in'], { stageId: 'stg_1', index: 1 }, 'me');
    expect(order(doc)).toBe('tdinf');
    edits.moveSteps(doc, ['d'], { stageId: 'stg_1', index: 99 }, 'me');
    expect(order(doc)).toBe('tinfd');
    const stage = edits.addStage(doc, { index: 0, name: 'First' }, 'me');
    edits.moveSteps(doc, ['t', 'gone'], { stageId: stage, index: 0 }, 'me');
    expect(order(doc)).toBe('t infd');
    edits.moveStage(doc, stage, 1, 'me');
    expect(order(doc)).toBe('infd t');
  });

  test('F20 orders that are equal or broken are numbered anew when somebody needs room between them', () => {
    const doc = edits.createDocument(start());
    for (const [id, at] of [['in', 'same'], ['t', 'same'], ['f', '!!'], ['d', 'z'.repeat(500)]] as const) doc.getMap<Y.Map<unknown>>('steps').get(id)?.set('at', ['stg_1', at]);
    expect(order(doc)).toBe('fintd');
    edits.moveSteps(doc, ['d'], { stageId: 'stg_1', index: 2 }, 'me');
    expect(order(doc)).toBe('findt');
  });

  test('F20 three hundred steps inserted at one place keep their order', () => {
    const doc = edits.createDocument(shortFlow([{ id: 'a', type: 'distinct' }, { id: 'z', type: 'distinct' }]));
    const ids = Array.from({ length: 300 }, () => edits.addStep(doc, { stageId: 'stg_1', index: 1, type: 'distinct', name: 'D' }, 'me'));
    expect(order(doc)).toBe(`a${ids.toReversed().join('')}z`);
  });

  test('F28 replacing with the same writes nothing, and with another only what differs', () => {
    const doc = edits.createDocument(start());
    expect(sizeOf(doc, () => edits.replaceDefinition(doc, edits.definitionOf(doc), 'import'))).toBe(0);
    const wanted = shortFlow([
      { id: 'in', type: 'get-raw-model', name: 'Given', params: { model: '{"a":1}' } }, { id: 't', type: 'transform-model', name: 'Shape', params: { fieldsMapping: rows('a', 'c') } },
      { id: 'f', type: 'distinct', name: 'Changed type', params: { keys: ['a'] } }, { id: 'n', type: 'write-response', name: 'New' },
    ], 'dataflow', { restrictAccess: true, settings: { description: 'd' }, notes: [{ id: 'nte_1', pos: [1, 2], text: 'hi' }] });
    expect(sizeOf(doc, () => edits.replaceDefinition(doc, wanted, 'import'))).toBeLessThan(1_200);
    expect(canonicalJson(edits.definitionOf(doc))).toBe(canonicalJson(wanted));
    edits.replaceDefinition(doc, start(), 'import');
    expect(canonicalJson(edits.definitionOf(doc))).toBe(canonicalJson(start()));
  });

  test('F28 a replaced flow can be undone by who replaced it', () => {
    const doc = edits.createDocument(start());
    const undo = edits.createUndo(doc, 'me');
    edits.replaceDefinition(doc, shortFlow([{ id: 'only', type: 'get-empty-model' }]), 'me');
    undo.undo();
    expect(canonicalJson(edits.definitionOf(doc))).toBe(canonicalJson(start()));
  });

  test('F10 flow, settings, notes, sources and retry are written and read', () => {
    const doc = edits.createDocument(start());
    edits.renameFlow(doc, '  Named  ', 'me');
    edits.setFlowSettings(doc, { restrictAccess: true, settings: { generateApi: true, description: 'x', timeoutMs: 60_000, concurrency: 3 } }, 'me');
    edits.setFlowSettings(doc, { settings: { description: '' } }, 'me');
    const note = edits.addNote(doc, { pos: [1, 2], text: 'one' }, 'me');
    const gone = edits.addNote(doc, { pos: [3, 4] }, 'me');
    edits.moveNote(doc, note, [5, 6], 'me');
    edits.resizeNote(doc, note, [70, 80], 'me');
    edits.colourNote(doc, note, 'sand', 'me');
    edits.noteText(doc, note)?.insert(3, ' two');
    edits.removeNote(doc, gone, 'usr', 'me');
    edits.setSource(doc, 'd', 'source', 't', 'me');
    edits.setSource(doc, 'f', 'source', null, 'me');
    edits.setDisabled(doc, 'd', true, 'me');
    edits.setStepNote(doc, 'd', 'why', 'me');
    edits.setOnError(doc, 'd', 'continue', 'me');
    edits.setRetry(doc, 'd', { attempts: 3, backoffMs: 200 }, 'me');
    edits.setRetry(doc, 'd', { backoffMs: undefined, on: ['HTTP_STATUS'] }, 'me');
    edits.setStepTimeout(doc, 'd', 30_000, 'me');
    const definition = edits.definitionOf(doc);
    expect(definition).toMatchObject({ name: 'Named', restrictAccess: true, settings: { generateApi: true, timeoutMs: 60_000, concurrency: 3 }, notes: [{ id: note, pos: [5, 6], text: 'one two', size: [70, 80], colour: 'sand' }] });
    expect(definition.settings).not.toHaveProperty('description');
    expect(one(doc, 'f')).not.toHaveProperty('sources');
    expect(one(doc, 'd')).toEqual({ id: 'd', type: 'distinct', name: 'Once', sources: { source: 't' }, disabled: true, note: 'why', onError: 'continue', retry: { attempts: 3, on: ['HTTP_STATUS'] }, timeoutMs: 30_000 });
  });

  test('F10 two people set two parts of one retry policy; a policy kept as one value by an older document is read on', () => {
    const [one, two] = [edits.createDocument(start()), new Y.Doc()];
    one.getMap<Y.Map<unknown>>('steps').get('d')?.set('retry', { attempts: 5, backoffMs: 100 });
    Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
    edits.setRetry(one, 'd', { attempts: 7 }, 'ana');
    edits.setRetry(two, 'd', { jitter: false }, 'bo');
    Y.applyUpdate(one, Y.encodeStateAsUpdate(two));
    Y.applyUpdate(two, Y.encodeStateAsUpdate(one));
    const retryOf = (doc: Y.Doc) => stepsOf(edits.definitionOf(doc)).find((step) => step.id === 'd')?.retry;
    expect(retryOf(one)).toEqual(retryOf(two));
    expect(retryOf(one)).toEqual({ attempts: 7, backoffMs: 100, jitter: false });
    edits.setRetry(one, 'd', null, 'ana');
    expect(retryOf(one)).toBeUndefined();
  });

  test('F12 what a foreign program may write into the document is read without harm', () => {
    const doc = edits.createDocument(start());
    const steps = doc.getMap<Y.Map<unknown>>('steps');
    doc.transact(() => {
      for (const [key, value] of [['name', 5], ['p:srcField', new Uint8Array(3)], ['p:operator', { deep: [undefined] }], ['in:source', { a: 1 }], ['disabled', 'yes'], ['note', 'n'.repeat(50_000)], ['retry', { attempts: 'many' }], ['retry:attempts', 99], ['retry:on', ['NO_SUCH']], ['timeoutMs', 'long']] as const) steps.get('f')?.set(key, value);
      steps.get('t')?.set('r:fieldsMapping:x', 'no row');
      steps.set('bad id!', new Y.Map());
      doc.getMap('steps').set('text', 'not a step');
      doc.getMap('meta').set('name', null);
      doc.getMap('stages').set('odd', new Y.Map([['at', 7], ['name', 'n'.repeat(5_000)]]));
    });
    const { name, lanes } = edits.definitionOf(doc);
    expect([name, lanes[0]?.stages[1]?.name.length]).toEqual(['Flow', 100]);
    expect(one(doc, 'f')).toMatchObject({ name: 'Filter source', params: { operator: { deep: [null] } } });
    expect(one(doc, 'f')?.note).toHaveLength(10_000);
    expect(one(doc, 't')?.params?.['fieldsMapping']).toEqual(rows('a', 'b', 'c'));
  });

  test('F20 every key an edit writes is one the document allows', () => {
    const doc = edits.createDocument(start());
    edits.replaceDefinition(doc, shortFlow([{ id: 'j', type: 'join-models', sources: { left: 'a', right: 'b' }, params: { map: rows('x') } }, { id: 'm', type: 'get-raw-model' }], 'dataflow', { restrictAccess: true, settings: { description: 'd' }, notes: [{ id: 'n', pos: [0, 0], text: '', size: [1, 1], colour: 'c' }] }), 'me');
    edits.removeSteps(doc, ['j'], 'u', 'me');
    edits.setRetry(doc, 'm', { attempts: 2, backoffMs: 5 }, 'me');
    for (const name of edits.documentRoots) {
      const maps = name === 'meta' ? [doc.getMap(name)] : [...doc.getMap<Y.Map<unknown>>(name).values()];
      for (const key of maps.flatMap((map) => [...map.keys()])) expect(key).toMatch(edits.documentKeys[name]);
    }
  });
});
