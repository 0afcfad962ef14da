import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ComponentField } from '#flow/component-model';
import type { JsonObject } from '#flow/json';
import { createComponent, deleteComponent, getComponent, listComponents, updateComponent } from './components';
import { createEntry, getEntry, listEntries } from './entries';
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
const create = (fields: ComponentField[], title = 'Things') => createComponent(database, here.as.editor, { title, fields });
const change = (id: string, fields: ComponentField[]) => updateComponent(database, here.as.editor, id, { fields });
const add = async (id: string, data: JsonObject) => got(await createEntry(database, here.as.editor, id, { data })).entry;
const dataOf = async (id: string, entryId: number) => got(await getEntry(database, here.as.viewer, id, entryId)).entry.data;

describe('the model', () => {
  test('settings that contradict the type are refused, each with its place', async () => {
    const bad = refusal(await create([
      field('a', 'string'), field('a', 'integer'), field('b', 'catalog'), field('c', 'catalog', { componentId: 'cmp_nowhere' }),
      field('d', 'array', { primaryKey: true }), field('e', 'integer', { min: 2, max: 1 }), field('f', 'integer', { enum: [{ value: 'x', label: 'X' }] }),
    ]));
    expect(bad.code).toBe('VALIDATION_FAILED');
    expect(bad.details).toMatchObject(['fields[1].name', 'fields[2].componentId', 'fields[3].componentId', 'fields[4].primaryKey', 'fields[5].max', 'fields[6].enum[0].value'].map((path) => ({ path })));
  });

  test('a catalog may refer to its own component, not to one of another workspace', async () => {
    const foreign = got(await createComponent(database, there.as.editor, { title: 'Foreign' })).component;
    expect(codeOf(await create([field('c', 'catalog', { componentId: foreign.id })]))).toBe('VALIDATION_FAILED');
    const own = got(await create([field('a', 'string')])).component;
    expect(got(await change(own.id, [field('parent', 'catalog', { componentId: own.id })])).component.fields).toHaveLength(1);
  });

  test('lists by title page by page, with the number of entries', async () => {
    const mine = await insertTestWorkspace(database);
    for (const title of ['beta', 'Alpha', 'gamma']) got(await createComponent(database, mine.as.editor, { title, fields: [field('a', 'string')] }));
    const first = got(await listComponents(database, mine.as.viewer, { limit: 2 }));
    const rest = got(await listComponents(database, mine.as.viewer, { limit: 2, cursor: first.nextCursor ?? '' }));
    got(await createEntry(database, mine.as.editor, first.items[0]?.id ?? '', {}));
    expect([...first.items, ...rest.items].map((each) => each.title)).toEqual(['Alpha', 'beta', 'gamma']);
    expect(rest.nextCursor).toBeNull();
    expect(got(await getComponent(database, mine.as.viewer, first.items[0]?.id ?? '')).component.entries).toBe(1);
  });
});

describe('a changed model meets the entries there are', () => {
  test('a type that values do not fit is refused with the entries, and nothing changes', async () => {
    const { id } = got(await create([field('a', 'string'), field('b', 'string')])).component;
    for (const a of ['1', 'two', '3.5', null]) await add(id, { a, b: 'x' });
    const bad = refusal(await change(id, [field('a', 'integer'), field('b', 'string')]));
    expect([bad.code, bad.details]).toMatchObject(['VALIDATION_FAILED', [{ entryId: 2, field: 'a' }, { entryId: 3, field: 'a' }]]);
    expect(await dataOf(id, 1)).toEqual({ a: '1', b: 'x' });
    expect(got(await getComponent(database, here.as.viewer, id)).component.fields[0]?.type).toBe('string');
  });

  test('values that fit are converted, so that they sort and filter as what they are now', async () => {
    const { id } = got(await create([field('a', 'string')])).component;
    for (const a of ['10', '9']) await add(id, { a });
    got(await change(id, [field('a', 'number')]));
    expect(await dataOf(id, 1)).toEqual({ a: 10 });
    expect(got(await listEntries(database, here.as.viewer, id, { sort: 'a', limit: 5 })).items.map((entry) => entry.id)).toEqual([2, 1]);
  });

  test('ids that become references must lead to entries', async () => {
    const { id: makers } = got(await create([], 'Makers')).component;
    await add(makers, {});
    const { id } = got(await create([field('maker', 'integer')])).component;
    for (const maker of [1, 2]) await add(id, { maker });
    const catalog = [field('maker', 'catalog', { componentId: makers })];
    expect(refusal(await change(id, catalog)).details).toMatchObject([{ entryId: 2, field: 'maker' }]);
    await add(makers, {});
    got(await change(id, catalog));
    expect(await dataOf(id, 2)).toEqual({ maker: { id: 2, name: null } });
  });

  test('Required is refused while entries are empty, a narrower range is not', async () => {
    const { id } = got(await create([field('a', 'integer'), field('b', 'integer')])).component;
    await add(id, { a: 1, b: 100 });
    await add(id, { a: 2 });
    expect(refusal(await change(id, [field('a', 'integer'), field('b', 'integer', { required: true })])).details).toMatchObject([{ entryId: 2, field: 'b' }]);
    expect(codeOf(await change(id, [field('a', 'integer', { required: true }), field('b', 'integer', { max: 10 })]))).toBe('ok');
    expect(codeOf(await createEntry(database, here.as.editor, id, { data: {} }))).toBe('VALIDATION_FAILED');
  });

  test('Primary key is refused while two entries are the same, and holds from then on', async () => {
    const { id } = got(await create([field('a', 'string')])).component;
    for (const a of ['x', 'y', 'x']) await add(id, { a });
    const keyed = [field('a', 'string', { primaryKey: true })];
    expect(refusal(await change(id, keyed)).details).toMatchObject([{ entryId: 3, field: 'a' }]);
    await add(id, { a: 'x' });
    const other = got(await create([field('a', 'string')])).component.id;
    await add(other, { a: 'x' });
    got(await change(other, keyed));
    expect(codeOf(await createEntry(database, here.as.editor, other, { data: { a: 'x' } }))).toBe('DUPLICATE_KEY');
    got(await change(other, [field('a', 'string')]));
    expect(codeOf(await createEntry(database, here.as.editor, other, { data: { a: 'x' } }))).toBe('ok');
  });

  test('a removed field comes back with its values where they still fit', async () => {
    const { id } = got(await create([field('a', 'string'), field('b', 'string')])).component;
    await add(id, { a: '5', b: 'five' });
    got(await change(id, []));
    expect(await dataOf(id, 1)).toEqual({});
    got(await change(id, [field('a', 'integer'), field('b', 'integer')]));
    expect(await dataOf(id, 1)).toEqual({ a: 5, b: null });
  });

  test('an entry written while the primary key is added is either judged or judges', async () => {
    for (let round = 0; round < 8; round++) {
      const { id } = got(await create([field('a', 'string')])).component;
      await add(id, { a: 'x' });
      const [changed, written] = await Promise.all([change(id, [field('a', 'string', { primaryKey: true })]), createEntry(database, here.as.editor, id, { data: { a: 'x' } })]);
      expect([codeOf(changed), codeOf(written)].toSorted()).toSatisfy((codes: string[]) => codes.join() === 'DUPLICATE_KEY,ok' || codes.join() === 'VALIDATION_FAILED,ok');
    }
  });
});

describe('deleting', () => {
  test('is refused while another component refers to it, then hides it at once', async () => {
    const { id } = got(await create([], 'Makers')).component;
    const user = got(await create([field('maker', 'catalog', { componentId: id })], 'Cars')).component;
    expect(refusal(await deleteComponent(database, here.as.editor, id))).toMatchObject({ code: 'REFERENCE_IN_USE', details: ['Cars / maker'] });
    got(await deleteComponent(database, here.as.editor, user.id));
    got(await deleteComponent(database, here.as.editor, id));
    expect(codeOf(await getComponent(database, here.as.editor, id))).toBe('COMPONENT_NOT_FOUND');
    expect(codeOf(await createEntry(database, here.as.editor, id, {}))).toBe('COMPONENT_NOT_FOUND');
  });

  test('models are changed by editors and above alone', async () => {
    const { id } = got(await create([])).component;
    for (const role of ['operator', 'viewer'] as const) {
      const tried = [await createComponent(database, here.as[role], { title: 'No' }), await updateComponent(database, here.as[role], id, { title: 'No' }), await deleteComponent(database, here.as[role], id)];
      expect(tried.map(codeOf), role).toEqual(['ACCESS_DENIED', 'ACCESS_DENIED', 'ACCESS_DENIED']);
      expect(codeOf(await getComponent(database, here.as[role], id))).toBe('ok');
    }
  });
});
