import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ComponentField } from '#flow/component-model';
import type { JsonObject } from '#flow/json';
import { FailureError } from '#flow/failure';
import type { Filter } from '#flow/value';
import { createComponent, getComponent, updateComponent } from './components';
import { createEntry, deleteEntry, entryHistory, getEntry, listEntries, readEntry, updateEntry, writeEntry } from './entries';
import { uploadFile } from './files';
import { changes } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { codeOf, got, refusal } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let there: TestWorkspace;

beforeAll(async () => {
  database = await createTestDatabase();
  here = await insertTestWorkspace(database);
  there = await insertTestWorkspace(database);
});
afterAll(() => database.drop());

const field = (name: string, type: ComponentField['type'], more: Partial<ComponentField> = {}): ComponentField => ({ name, title: name, type, ...more });
async function component(fields: ComponentField[], title = 'Things'): Promise<string> {
  return got(await createComponent(database, here.as.editor, { title, fields })).component.id;
}
const add = async (id: string, data: JsonObject, name?: string) => got(await createEntry(database, here.as.editor, id, { data, ...(name === undefined ? {} : { name }) })).entry;

describe('writing', () => {
  test('ids count up within each component and the answer is the entry model', async () => {
    const [first, second] = [await component([field('qty', 'integer')]), await component([field('qty', 'integer')])];
    const made = [await add(first, { qty: '7' }, 'Seven'), await add(first, { qty: null }), await add(second, {})];
    expect(made.map((entry) => entry.id)).toEqual([1, 2, 1]);
    expect(made[0]).toMatchObject({ name: 'Seven', data: { qty: 7 }, creatorSubject: { id: here.as.editor.user?.id, name: 'The editor' } });
    expect(made[0]?.createdDate).toMatch(/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/);
  });

  test('every bad field is listed, unknown ones too, and nothing is written', async () => {
    const id = await component([field('a', 'integer', { required: true }), field('b', 'date'), field('c', 'string', { enum: [{ value: 'x', label: 'X' }] })]);
    const bad = refusal(await createEntry(database, here.as.editor, id, { data: { b: '2026-02-30', c: 'y' } }));
    expect([bad.code, bad.details]).toMatchObject(['VALIDATION_FAILED', [{ field: 'a' }, { field: 'b' }, { field: 'c' }]]);
    expect(refusal(await createEntry(database, here.as.editor, id, { data: { a: 'x', typo: 1 } })).details).toMatchObject([{ field: 'typo' }, { field: 'a' }]);
    expect(refusal(await createEntry(database, here.as.editor, id, { data: { a: 1, c: 'nul\u0000' } })).code).toBe('VALIDATION_FAILED');
    expect(got(await listEntries(database, here.as.viewer, id, { limit: 10 })).total).toBe(0);
  });

  test('a step that writes fields the component does not have is warned and the rest is written', async () => {
    const id = await component([field('a', 'integer')]);
    const written = await database.db.transaction((tx) => writeEntry(tx, { workspaceId: here.id, userId: null }, { componentId: id, entryId: null, remove: false, data: { a: 1, gone: 2 }, noTracking: false }));
    expect(written).toMatchObject({ entryId: 1, warnings: [{ en: expect.stringContaining('"gone"') }] });
    expect((await readEntry(database.db, id, 1))?.data).toEqual({ a: 1 });
  });

  test('a patch merges its fields, clears with null, and an equal value is no change', async () => {
    const id = await component([field('a', 'integer'), field('b', 'string'), field('v', 'string', { virtual: true })]);
    const entry = await add(id, { a: 1, b: 'x', v: 'never stored' });
    expect(entry.data).toEqual({ a: 1, b: 'x' });
    expect(got(await updateEntry(database, here.as.editor, id, 1, { data: { b: null } })).entry.data).toEqual({ a: 1, b: null });
    const before = got(await getEntry(database, here.as.viewer, id, 1)).entry;
    const same = await database.db.transaction((tx) => writeEntry(tx, { workspaceId: here.id, userId: null }, { componentId: id, entryId: 1, remove: false, data: { a: 1 }, noTracking: false }));
    expect(same.changed).toBe(false);
    expect(got(await getEntry(database, here.as.viewer, id, 1)).entry).toEqual(before);
  });

  test('of writers at once with one primary key exactly one wins, and a composite key counts as a whole', async () => {
    const id = await component([field('vin', 'string', { primaryKey: true }), field('year', 'integer', { primaryKey: true })]);
    const codes = await Promise.all(Array.from({ length: 8 }, () => createEntry(database, here.as.editor, id, { data: { vin: 'A', year: 1 } })));
    expect(codes.map(codeOf).toSorted()).toEqual([...Array.from({ length: 7 }, () => 'DUPLICATE_KEY'), 'ok']);
    const other = await add(id, { vin: 'A', year: 2 });
    expect(refusal(await updateEntry(database, here.as.editor, id, other.id, { data: { year: 1 } })).details).toMatchObject({ fields: ['vin', 'year'] });
    const first = got(await listEntries(database, here.as.viewer, id, { limit: 1 })).items[0]?.id ?? 0;
    got(await deleteEntry(database, here.as.editor, id, first));
    expect(codeOf(await updateEntry(database, here.as.editor, id, other.id, { data: { year: 1 } }))).toBe('ok');
  });

  test('two writers who take each other’s key are refused, never stuck', async () => {
    const id = await component([field('k', 'string', { primaryKey: true })]);
    const [one, two] = [await add(id, { k: 'a' }), await add(id, { k: 'b' })];
    for (let round = 0; round < 2; round++) {
      const [first, second] = [got(await getEntry(database, here.as.viewer, id, one.id)).entry.data['k'] ?? null, got(await getEntry(database, here.as.viewer, id, two.id)).entry.data['k'] ?? null];
      const codes = await Promise.all([updateEntry(database, here.as.editor, id, one.id, { data: { k: second } }), updateEntry(database, here.as.owner, id, two.id, { data: { k: first } })]);
      expect(codes.map(codeOf)).toEqual(['DUPLICATE_KEY', 'DUPLICATE_KEY']);
    }
  });

  test('references are checked, stored by id and shown with the live name', async () => {
    const people = await component([field('x', 'string')], 'People');
    const person = await add(people, {}, 'Ana');
    const id = await component([field('owner', 'catalog', { componentId: people }), field('team', 'array', { items: { type: 'catalog', componentId: people } }), field('boss', 'catalog', { componentId: 'user-info' })]);
    const entry = await add(id, { owner: person.id, team: [{ id: person.id }], boss: here.as.owner.user?.id ?? '' });
    expect(entry.data).toEqual({ owner: { id: 1, name: 'Ana' }, team: [{ id: 1, name: 'Ana' }], boss: { id: here.as.owner.user?.id, name: 'The owner' } });
    got(await updateEntry(database, here.as.editor, people, person.id, { name: 'Anna' }));
    expect((await readEntry(database.db, id, entry.id))?.data['owner']).toEqual({ id: 1, name: 'Anna' });
    for (const data of [{ owner: 99 }, { team: [1, 99] }, { boss: there.as.owner.user?.id ?? '' }]) expect(codeOf(await createEntry(database, here.as.editor, id, { data }))).toBe('VALIDATION_FAILED');
    got(await deleteEntry(database, here.as.editor, people, person.id));
    expect((await readEntry(database.db, id, entry.id))?.data['owner']).toEqual({ id: 1, name: null });
  });

  test('a file field keeps the facts of the stored file, not what the caller says of it', async () => {
    const id = await component([field('doc', 'file', { maxSizeBytes: 3, accept: ['.txt'] })]);
    const { file } = got(await uploadFile(database, here.as.editor, { name: 'a.txt', mimeType: 'text/plain', bytes: Buffer.from('abc') }));
    const { file: big } = got(await uploadFile(database, here.as.editor, { name: 'b.txt', mimeType: 'text/plain', bytes: Buffer.from('abcd') }));
    expect((await add(id, { doc: { id: file.id, name: 'forged.exe', size: 1 } })).data['doc']).toEqual({ id: file.id, name: 'a.txt', size: 3, mimeType: 'text/plain' });
    for (const doc of [{ id: big.id, size: 1 }, 'fil_nothing', { id: 'fil_nothing' }]) expect(codeOf(await createEntry(database, here.as.editor, id, { data: { doc } }))).toBe('VALIDATION_FAILED');
  });
});

describe('conflict rule', () => {
  test('a field changed since the entry was loaded is a CONFLICT with both values, another field is not', async () => {
    const id = await component([field('price', 'number'), field('note', 'string')]);
    const loaded = await add(id, { price: 1, note: 'a' });
    got(await updateEntry(database, here.as.owner, id, 1, { data: { price: 2 } }));
    const loadedAt = loaded.updateDate ?? '';
    const clash = refusal(await updateEntry(database, here.as.editor, id, 1, { data: { price: 3 }, loadedAt }));
    expect(clash).toMatchObject({ code: 'CONFLICT', path: 'data.price', details: { field: 'price', theirs: 2, yours: 3 } });
    expect(codeOf(await updateEntry(database, here.as.editor, id, 1, { data: { note: 'b' }, loadedAt }))).toBe('ok');
    expect(codeOf(await updateEntry(database, here.as.editor, id, 1, { data: { price: 2 }, loadedAt }))).toBe('ok');
    expect(codeOf(await updateEntry(database, here.as.editor, id, 1, { data: { price: 9 } }))).toBe('ok');
  });

  test('of two writers who loaded the same entry, one writes and one is told, in any order of their transactions', async () => {
    const id = await component([field('n', 'integer')]);
    for (let round = 0; round < 10; round++) {
      const entry = await add(id, { n: 0 });
      const write = (n: number) => updateEntry(database, here.as.editor, id, entry.id, { data: { n }, loadedAt: entry.updateDate ?? '' });
      expect((await Promise.all([write(1), write(2)])).map(codeOf).toSorted()).toEqual(['CONFLICT', 'ok']);
    }
  });

  test('a run does not conflict with its own earlier step', async () => {
    const id = await component([field('n', 'integer')]);
    const entry = await add(id, { n: 0 });
    const runId = '0190a000-0000-7000-8000-000000000001';
    const write = (n: number, run: string) => database.db.transaction((tx) => writeEntry(tx, { workspaceId: here.id, userId: null, runId: run, stepId: 'stp_1' }, {
      componentId: id, entryId: entry.id, remove: false, data: { n }, noTracking: false, loadedAt: entry.updateDate ?? '',
    }));
    await write(1, runId);
    await write(2, runId);
    await expect(write(3, runId.replace(/1$/, '2'))).rejects.toThrow(FailureError);
  });
});

describe('history', () => {
  test('says who changed which field, what from and to, and keeps silent where tracking is off', async () => {
    const id = await component([field('a', 'integer')]);
    await add(id, { a: 1 }, 'One');
    got(await updateEntry(database, here.as.owner, id, 1, { data: { a: 2 } }));
    await database.db.transaction((tx) => writeEntry(tx, { workspaceId: here.id, userId: null }, { componentId: id, entryId: 1, remove: false, data: { a: 3 }, noTracking: true }));
    got(await deleteEntry(database, here.as.admin, id, 1));
    const history = got(await entryHistory(database, here.as.viewer, id, 1, { limit: 3 }));
    expect(history.items.map((each) => [each.field, each.before, each.after, each.user?.name])).toEqual([
      ['$deleted', null, null, 'The admin'], ['a', 1, 2, 'The owner'], ['a', null, 1, 'The editor'],
    ]);
    const rest = got(await entryHistory(database, here.as.viewer, id, 1, { limit: 3, cursor: history.nextCursor ?? '' }));
    expect(rest.items.map((each) => each.field)).toEqual(['name', '$created']);
  });

  test('keeps text that looks like a number, JSON or nothing as the text it is', async () => {
    const id = await component([field('a', 'string')]);
    const texts = ['5', 'true', 'null', '{"a":1}', '[1]', '"x"', '007', 'plain'];
    await add(id, { a: 'first' });
    for (const text of texts) got(await updateEntry(database, here.as.owner, id, 1, { data: { a: text } }));
    const history = got(await entryHistory(database, here.as.viewer, id, 1, { limit: 20 }));
    expect(history.items.filter((each) => each.field === 'a').map((each) => [each.before, each.after]).toReversed()).toEqual([[null, 'first'], ...texts.map((text, at) => [texts[at - 1] ?? 'first', text])]);
  });

  test('each write leaves a change for the browsers that show the data, a refused one none', async () => {
    const id = await component([field('a', 'integer')]);
    await add(id, { a: 1 });
    await createEntry(database, here.as.editor, id, { data: { a: 'x' } });
    got(await deleteEntry(database, here.as.editor, id, 1));
    const rows = (await database.db.select().from(changes)).filter((row) => row.topic === 'entry' && row.objectId === id);
    expect(rows.map((row) => [row.entryId, row.deleted])).toEqual([[1, false], [1, true]]);
  });
});

describe('listing', () => {
  let id: string;
  let makers: string;
  beforeAll(async () => {
    makers = await component([], 'Makers');
    const [zoe, abe] = [await add(makers, {}, 'Zoe'), await add(makers, {}, 'Abe')];
    id = await component([
      field('n', 'number'), field('s', 'string'), field('d', 'date'), field('t', 'datetime'), field('b', 'boolean'), field('tags', 'array', { items: { type: 'string' } }),
      field('maker', 'catalog', { componentId: makers }), field('v', 'string', { virtual: true }),
    ]);
    await add(id, { n: 9, s: 'b', d: '2026-01-02', t: '2026-01-01T10:00:00+02:00', b: true, tags: ['x', 'y'], maker: zoe.id }, 'first');
    await add(id, { n: 10, s: 'B', d: '2025-12-31', t: '2026-01-01T09:00:00Z', b: false, tags: [], maker: abe.id }, 'second');
    await add(id, { n: -2.5, s: '50% _off', d: null, tags: ['y'] }, 'Été');
    await add(id, {});
  });

  const all = (...conditions: NonNullable<Filter['all']>): Filter => ({ all: conditions });
  const ids = async (filter: Filter) => got(await listEntries(database, here.as.viewer, id, { filter, limit: 50 })).items.map((entry) => entry.id);

  test.each<[string, Filter, number[]]>([
    ['numbers as numbers', all({ field: 'data.n', operator: 'greater', value: { const: 9 } }), [2]],
    ['numeric text is read as a number', all({ field: 'n', operator: 'equal', value: { const: '10' } }), [2]],
    ['text by code point', all({ field: 's', operator: 'less', value: { const: 'a' } }), [2, 3]],
    ['not equal meets empty values', all({ field: 's', operator: 'notEqual', value: { const: 'b' } }), [2, 3, 4]],
    ['an order never meets an empty value', all({ field: 'd', operator: 'lessOrEqual', value: { const: '2026-01-02' } }), [1, 2]],
    ['times as instants', all({ field: 't', operator: 'equal', value: { const: '2026-01-01T08:00:00Z' } }), [1]],
    ['true and false', all({ field: 'b', operator: 'equal', value: { const: false } }), [2]],
    ['empty', all({ field: 'n', operator: 'equal', compareWithNull: true }), [4]],
    ['not empty', all({ field: 'maker', operator: 'notEqual', compareWithNull: true }), [1, 2]],
    ['among', all({ field: 'n', operator: 'in', value: { const: [9, '10', null] } }), [1, 2, 4]],
    ['a list contains', all({ field: 'tags', operator: 'contains', value: { const: 'y' } }), [1, 3]],
    ['wildcards are plain characters', all({ field: 's', operator: 'contains', value: { const: '% _' } }), [3]],
    ['starts with', all({ field: 'name', operator: 'startsWith', value: { const: 'sec' } }), [2]],
    ['a reference by id', all({ field: 'maker', operator: 'equal', value: { const: { id: 1 } } }), [1]],
    ['a reference by its live name', all({ field: 'maker.name', operator: 'equal', value: { const: 'Abe' } }), [2]],
    ['system fields', all({ field: 'id', operator: 'greaterOrEqual', value: { const: 3 } }), [3, 4]],
    ['all and any together', { all: [{ field: 'id', operator: 'less', value: { const: 4 } }], any: [{ field: 'n', operator: 'equal', value: { const: 9 } }, { field: 's', operator: 'equal', value: { const: 'B' } }] }, [1, 2]],
  ])('filters: %s', async (_title, filter, expected) => expect(await ids(filter)).toEqual(expected));

  test('a filter that makes no sense is refused with its place, not answered with nothing', async () => {
    const code = async (filter: Filter) => codeOf(await listEntries(database, here.as.viewer, id, { filter, limit: 5 }));
    expect(await code(all({ field: 'v', operator: 'equal', value: { const: 1 } }))).toBe('PARAM_INVALID');
    expect(await code(all({ field: 'x', operator: 'equal', value: { const: 1 } }))).toBe('FIELD_NOT_FOUND');
    expect(await code(all({ field: 'n', operator: 'greater', value: { const: 'many' } }))).toBe('TYPE_MISMATCH');
    expect(await code(all({ field: 'b', operator: 'greater', value: { const: true } }))).toBe('TYPE_MISMATCH');
    expect(await code(all({ field: "n'; drop table entries; --", operator: 'equal', value: { const: 1 } }))).toBe('FIELD_NOT_FOUND');
  });

  test.each([['n', [3, 1, 2, 4]], ['-n', [2, 1, 3, 4]], ['s', [3, 2, 1, 4]], ['maker', [2, 1, 3, 4]], ['b,-id', [2, 1, 4, 3]], ['-t', [2, 1, 3, 4]], ['-createdDate', [4, 3, 2, 1]]])(
    'sorts by %s with empty values last, page by page without gap or repeat', async (sort, expected) => {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = got(await listEntries(database, here.as.viewer, id, { sort, limit: 1, cursor }));
        expect(page.total).toBe(4);
        seen.push(...page.items.map((entry) => entry.id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && seen.length < 9);
      expect(seen).toEqual(expected);
    });

  test('a forged cursor or one of another order is refused', async () => {
    const first = got(await listEntries(database, here.as.viewer, id, { sort: 'n', limit: 1 }));
    for (const cursor of ['x', Buffer.from('[1]').toString('base64url')]) expect(codeOf(await listEntries(database, here.as.viewer, id, { limit: 1, cursor }))).toBe('PARAM_INVALID');
    expect(codeOf(await listEntries(database, here.as.viewer, id, { sort: '-n', limit: 1, cursor: first.nextCursor ?? '' }))).toBe('PARAM_INVALID');
  });

  test.each([['FIRST', [1]], ['50%', [3]], ['_', [3]], ['abe', [2]], ['x b', [1]], ['ÉTÉ', [3]], ['2025-12', [2]], ['nothing', []]])('search for %s', async (search, expected) => {
    expect(got(await listEntries(database, here.as.viewer, id, { search, limit: 10 })).items.map((entry) => entry.id)).toEqual(expected);
  });
});

describe('rights', () => {
  test('viewers and operators read, editors and above write, other workspaces see nothing', async () => {
    const id = await component([field('a', 'integer')]);
    for (const role of ['owner', 'admin', 'editor'] as const) expect(codeOf(await createEntry(database, here.as[role], id, { data: { a: 1 } })), role).toBe('ok');
    for (const role of ['operator', 'viewer'] as const) {
      expect(codeOf(await createEntry(database, here.as[role], id, { data: { a: 1 } })), role).toBe('ACCESS_DENIED');
      expect(codeOf(await updateEntry(database, here.as[role], id, 1, { data: { a: 2 } })), role).toBe('ACCESS_DENIED');
      expect(codeOf(await deleteEntry(database, here.as[role], id, 1)), role).toBe('ACCESS_DENIED');
      expect(codeOf(await getEntry(database, here.as[role], id, 1)), role).toBe('ok');
    }
    const foreign = [
      await createEntry(database, there.as.owner, id, { data: { a: 1 } }), await updateEntry(database, there.as.owner, id, 1, { data: { a: 2 } }), await deleteEntry(database, there.as.owner, id, 1),
      await getEntry(database, there.as.owner, id, 1), await listEntries(database, there.as.owner, id, { limit: 1 }), await entryHistory(database, there.as.owner, id, 1, { limit: 1 }), await getComponent(database, there.as.owner, id),
      await updateComponent(database, there.as.owner, id, { title: 'Mine' }),
    ];
    expect(foreign.map(codeOf)).toEqual(foreign.map(() => 'COMPONENT_NOT_FOUND'));
    expect(refusal(await getEntry(database, here.as.owner, id, 99)).code).toBe('ENTRY_NOT_FOUND');
    expect(refusal(await getEntry(database, here.as.owner, id, 4_000_000_000)).code).toBe('ENTRY_NOT_FOUND');
  });
});
