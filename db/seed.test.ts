import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { isJsonObject } from '#flow/json';
import { stepsOf } from '#flow/flow';
import type { Access } from './access';
import { createAuth } from './auth';
import { listComponents } from './components';
import { listEntries } from './entries';
import { fileContent } from './files';
import { getFlow, listFlows } from './flows';
import { seed } from './seed';
import { account, flows, members, user, workspaces } from './schema';
import { createTestDatabase, type TestDatabase } from './testing';
import { got } from './testing-result';
import { workspacesOf } from './workspaces';

const env = (email: string) => ({
  admin: { email, password: 'long-enough-1' },
  auth: { secret: 'a'.repeat(64), baseUrl: 'http://localhost:3000', trustedOrigins: ['http://localhost:3000'], signUp: 'invite' as const },
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  // Processes that start together, and one that starts later with other values.
  await Promise.all([seed(database, env('ana.lopez@example.com')), seed(database, env('ana.lopez@example.com')), seed(database, env('other@example.com'))]);
  await seed(database, env('late@example.com'));
});
afterAll(() => database.drop());

describe('ADMIN_EMAIL and ADMIN_PASSWORD', () => {
  test('make one owner of one workspace, whoever starts at the same time or later', async () => {
    const people = await database.db.select().from(user);
    expect(people).toHaveLength(1);
    expect(['Ana Lopez', 'Other']).toContain(people[0]?.name);
    expect(await database.db.select({ role: members.role }).from(members)).toEqual([{ role: 'owner' }]);
    expect(await database.db.select().from(workspaces)).toHaveLength(1);
  });

  test('the password is stored as an argon2id hash', async () => {
    const [stored] = await database.db.select({ password: account.password }).from(account);
    expect(stored?.password).toMatch(/^\$argon2id\$/);
  });

  test('without them nothing is made', async () => {
    const empty = await createTestDatabase();
    await seed(empty, { ...env('x@example.com'), admin: null });
    expect(await empty.db.$count(user)).toBe(0);
    await empty.drop();
  });
});

describe('samples', () => {
  let access: Access;
  beforeAll(async () => {
    const [owner] = await database.db.select({ id: user.id, name: user.name }).from(user);
    const [mine] = await workspacesOf(database.db, owner?.id ?? '');
    access = { workspaceId: mine?.id ?? '', role: 'owner', user: owner ?? null, via: 'session' };
  });

  test('three components with entries come with the first workspace', async () => {
    const { items } = got(await listComponents(database, access, { limit: 10 }));
    expect(items.map((each) => [each.title, each.entries])).toEqual([['City weather', 2], ['Purchases', 2], ['Save name', 3], ['Seattle weather', 1]]);
    const names = items.find((each) => each.title === 'Save name');
    expect(got(await listEntries(database, access, names?.id ?? '', { sort: 'user_name', limit: 1 })).items[0]).toMatchObject({ name: 'Grace Hopper', data: { user_name: 'Grace Hopper' } });
  });

  test('every flow is published, explained in two lines and has not a single problem or warning', async () => {
    const { items } = got(await listFlows(database, access, { limit: 10 }));
    expect(items.map((each) => [each.name, each.kind, each.publishedVersion])).toEqual([['Ask for the weather', 'dataflow', 1], ['Purchase approval', 'workflow', 1], ['Rain by month', 'dataflow', 1], ['Save name', 'workflow', 1], ['Save the name', 'dataflow', 1]]);
    for (const { id, name, description } of items) {
      expect(got(await getFlow(database, access, id)).flow.problems, name).toEqual([]);
      expect(description?.split('\n'), name).toHaveLength(2);
    }
  });

  test('the weather flow names the stored copy of the file', async () => {
    const flow = got(await listFlows(database, access, { limit: 10 })).items.find((each) => each.name === 'Rain by month');
    const { definition } = got(await getFlow(database, access, flow?.id ?? '')).flow;
    const mapped = stepsOf(definition).find((step) => step.type === 'transform-model')?.params?.['fieldsMapping'];
    const row = Array.isArray(mapped) ? mapped[0] : null;
    const value = isJsonObject(row) && isJsonObject(row['value']) ? row['value']['const'] : null;
    const id = isJsonObject(value) && typeof value['id'] === 'string' ? value['id'] : '';
    const lines = Buffer.from(got(await fileContent(database, access, id)).bytes).toString().trim().split('\n');
    expect([lines.length, lines[0]]).toEqual([1_462, 'date,precipitation,temp_max,temp_min,wind,weather']);
  });

  test('a person who signs up in French gets them in French, names of flows to words in the answer', async () => {
    const french = await createTestDatabase();
    const auth = createAuth(french, env('x@example.com').auth);
    const body = JSON.stringify({ name: 'Zoé', email: 'zoe@example.com', password: 'long-enough-1' });
    const headers = { 'content-type': 'application/json', origin: 'http://localhost:3000', 'accept-language': 'fr-CA,fr;q=0.9,en;q=0.5' };
    expect((await auth.handler(new Request('http://localhost:3000/api/auth/sign-up/email', { method: 'POST', body, headers }))).status).toBe(200);
    const rows = await french.db.select({ name: flows.name, published: flows.publishedVersionId }).from(flows);
    expect(rows.map((row) => row.name).toSorted()).toEqual(['Approbation d’achat', 'Demander la météo', 'Enregistrer le nom', 'Pluie par mois', 'Saisir le nom']);
    expect(rows.every((row) => row.published !== null)).toBe(true);
    await french.drop();
  });

  test('the workspace belongs to its owner alone', async () => {
    const [row] = await database.db.select().from(workspaces).where(eq(workspaces.id, access.workspaceId));
    expect(row?.createdBy).toBe(access.user?.id);
  });
});
