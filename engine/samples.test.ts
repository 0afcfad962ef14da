import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Access } from '#db/access';
import { readEnv } from '#db/env';
import { listEntries } from '#db/entries';
import { fileContent, listFiles } from '#db/files';
import { listFlows, type FlowSummary } from '#db/flows';
import { requestRun, waitForRun, type RunOptions } from '#db/runs';
import { seed } from '#db/seed';
import { members } from '#db/schema/index';
import { createTestDatabase, type TestDatabase } from '#db/testing';
import { got } from '#db/testing-result';
import { isJsonObject } from '#flow/json';
import { startEngine, type RunningEngine } from './main';

/** What a person meets in the first minute: a fresh installation whose samples run at one click. */
let database: TestDatabase;
let engine: RunningEngine;
let access: Access;
let flows: FlowSummary[];

beforeAll(async () => {
  database = await createTestDatabase();
  const env = readEnv({ SECRET_KEY: 'a secret of the tests, long enough to be one', ADMIN_EMAIL: 'ana@example.com', ADMIN_PASSWORD: 'long-enough-1' });
  await seed(database, env);
  const [owner] = await database.db.select().from(members);
  access = { workspaceId: owner?.workspaceId ?? '', role: 'owner', user: { id: owner?.userId ?? '', name: 'Ana' }, via: 'session' };
  flows = got(await listFlows(database, access, { limit: 10 })).items;
  engine = await startEngine({ env, database, connectionUrl: database.url });
});
afterAll(async () => {
  await engine.close();
  await database.drop();
});

const flow = (name: string) => flows.find((each) => each.name === name) ?? { id: '', componentId: '' };
async function run(name: string, options: RunOptions = {}) {
  const { runId } = got(await requestRun(database, access, flow(name).id, options));
  return got(await waitForRun(database, access, runId, 15));
}

test('"Rain by month" runs without any input, answers with the table and writes the Excel file', async () => {
  const { status, output, warnings } = await run('Rain by month');
  expect([status, warnings]).toEqual(['succeeded', 0]);
  const table = Array.isArray(output) ? output.filter(isJsonObject) : [];
  expect(table[0]).toEqual({ month: '2012-01', rainy_days: 22, rain_mm: 173.3, wettest_mm: 27.7, warmest_c: 12.2 });
  // Counted in the file itself: 1,461 days, 623 of them with rain, in 46 of the 48 months.
  expect([table.length, table.reduce((sum, row) => sum + Number(row['rainy_days']), 0)]).toEqual([46, 623]);
  const [excel] = got(await listFiles(database, access, { limit: 1 })).items;
  expect(excel).toMatchObject({ name: 'rain-by-month.xlsx', stepId: 'stp_excel' });
  const { bytes } = got(await fileContent(database, access, excel?.id ?? ''));
  expect(Buffer.from(bytes).subarray(0, 2).toString()).toBe('PK');
});

test('"Save the name" runs the workflow, and one entry with the name exists', async () => {
  const { status, output } = await run('Save the name', { input: { data: { user_name: 'Ana' } } });
  expect([status, output]).toMatchObject(['succeeded', { _workflow: { state: 'finished', entryId: 4 } }]);
  const found = got(await listEntries(database, access, flow('Save the name').componentId, { filter: { all: [{ field: 'user_name', operator: 'equal', value: { const: 'Ana' } }] }, limit: 5 }));
  expect([found.total, found.items[0]?.creatorSubject?.id]).toEqual([1, access.user?.id]);
});

test('an empty name is refused under its field, starts no workflow and leaves no entry', async () => {
  const before = got(await listEntries(database, access, flow('Save the name').componentId, { limit: 1 })).total;
  const { status, error } = await run('Save the name', { input: { data: { user_name: '' } } });
  expect([status, error]).toMatchObject(['failed', { code: 'VALIDATION_FAILED', details: [{ field: 'user_name' }] }]);
  expect(got(await listEntries(database, access, flow('Save the name').componentId, { limit: 1 })).total).toBe(before);
});
