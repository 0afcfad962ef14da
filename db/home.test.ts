import { afterAll, beforeAll, expect, test } from 'vitest';
import { listFlows } from './flows';
import { flowFacts } from './home';
import { createInvitation, findInvitation, acceptInvitation, revokeInvitation } from './invitations';
import { requestRun } from './runs';
import { seedSamples } from './seed-samples';
import { createTestDatabase, type TestDatabase } from './testing';
import { got } from './testing-result';
import { insertTestWorkspace, type TestWorkspace } from './testing-workspace';

let database: TestDatabase;
let here: TestWorkspace;
let there: TestWorkspace;

beforeAll(async () => {
  database = await createTestDatabase();
  here = await insertTestWorkspace(database);
  there = await insertTestWorkspace(database);
  for (const workspace of [here, there]) await database.db.transaction((tx) => seedSamples(tx, workspace.id, workspace.as.owner.user?.id ?? ''));
});
afterAll(() => database.drop());

test('the first page tells the newest run of each flow of this workspace, and which flows want a form', async () => {
  const flows = got(await listFlows(database, here.as.viewer, { limit: 50 })).items;
  const weather = flows.find((flow) => flow.name === 'Rain by month');
  await requestRun(database, here.as.operator, weather?.id ?? '', {});
  const last = got(await requestRun(database, here.as.operator, weather?.id ?? '', {}));
  const facts = got(await flowFacts(database, here.as.viewer));
  expect(facts.latest.map((run) => [run.flowId, run.id])).toEqual([[weather?.id, last.runId]]);
  const asking = flows.filter((flow) => facts.takesForm.includes(flow.id));
  expect(asking.length).toBe(facts.takesForm.length);
  expect(asking.map((flow) => flow.name)).toEqual(['Ask for the weather', 'Save the name']);
  expect(got(await flowFacts(database, there.as.viewer)).latest).toEqual([]);
});

test('an invitation is known by its link until it is used or withdrawn', async () => {
  const open = got(await createInvitation(database, here.as.owner, { role: 'editor', email: 'Zoe@example.com' }));
  const withdrawn = got(await createInvitation(database, here.as.owner, { role: 'viewer' }));
  expect(await findInvitation(database.db, open.token)).toEqual({ workspaceName: 'Test', role: 'editor', email: 'zoe@example.com' });
  await revokeInvitation(database, here.as.owner, withdrawn.id);
  await acceptInvitation(database.db, open.token, { id: there.as.viewer.user?.id ?? '', email: 'zoe@example.com' });
  for (const token of [open.token, withdrawn.token, 'nothing']) expect(await findInvitation(database.db, token)).toBeNull();
});
