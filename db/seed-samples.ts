import { eq } from 'drizzle-orm';
import type { FlowDefinition } from '#flow/flow';
import type { Text } from '#flow/text';
import type { Access } from './access';
import type { Executor } from './client';
import { insertComponent } from './components';
import { writeEntry } from './entry-write';
import { storeFile } from './files';
import { insertFlow, lockFlow } from './flows';
import { insertConnector } from './connectors';
import { insertEndpoint } from './endpoints';
import { insertSystem } from './integrations';
import { askWeather, cityComponent, cityEntries, weatherConnector, weatherEndpoint, weatherSystem } from './samples/city-weather';
import { sampleBytes, weatherFile } from './samples/sample-file';
import { purchaseApproval, purchaseComponent, purchases } from './samples/purchase-approval';
import { nameComponent, savedNames, saveNameDataflow, saveNameWorkflow } from './samples/save-name';
import { rainByMonth, weatherComponent } from './samples/seattle-weather';
import { user } from './schema';
import { publishLocked } from './versions';

type Say = (words: Text) => string;

/** Four samples in every new workspace, in its owner's language, published and ready to run without any network. */
export async function seedSamples(tx: Executor, workspaceId: string, userId: string): Promise<void> {
  const [person] = await tx.select({ id: user.id, name: user.name, locale: user.locale }).from(user).where(eq(user.id, userId));
  const owner: Access = { workspaceId, role: 'owner', user: person ? { id: person.id, name: person.name } : null, via: 'session' };
  const say: Say = (words) => (person?.locale === 'fr' ? words.fr : words.en);
  await seedWeather(tx, owner, say);
  await seedNames(tx, owner, say);
  await seedCities(tx, owner, say);
  await seedPurchases(tx, owner, say);
}

async function seedWeather(tx: Executor, owner: Access, say: Say): Promise<void> {
  const actor = actorOf(owner);
  const { id, name, size, mimeType } = await storeFile(tx, actor, { name: weatherFile, mimeType: 'text/csv', bytes: sampleBytes(weatherFile) });
  const file = { id, name, size, mimeType };
  const componentId = await insertComponent(tx, actor.workspaceId, actor.userId, weatherComponent(say));
  await insertEntry(tx, owner, componentId, 'Seattle, 2012–2015', { file, station: 'Seattle', first_day: '2012-01-01', last_day: '2015-12-31' });
  await insertPublished(tx, owner, componentId, rainByMonth(say, file));
}

async function seedNames(tx: Executor, owner: Access, say: Say): Promise<void> {
  const componentId = await insertComponent(tx, owner.workspaceId, owner.user?.id ?? null, nameComponent(say));
  for (const name of savedNames) await insertEntry(tx, owner, componentId, name, { user_name: name });
  const workflowId = await insertPublished(tx, owner, componentId, saveNameWorkflow(say));
  await insertPublished(tx, owner, componentId, saveNameDataflow(say, componentId, workflowId));
}

async function seedCities(tx: Executor, owner: Access, say: Say): Promise<void> {
  const { workspaceId, userId } = actorOf(owner);
  const systemId = await insertSystem(tx, workspaceId, userId, weatherSystem(say));
  const connectorId = await insertConnector(tx, workspaceId, userId, null, weatherConnector(say, systemId));
  const endpointId = await insertEndpoint(tx, workspaceId, userId, connectorId, weatherEndpoint(say));
  const componentId = await insertComponent(tx, workspaceId, userId, cityComponent(say));
  for (const { city, day } of cityEntries) await insertEntry(tx, owner, componentId, `${city}, ${day}`, { city, day });
  await insertPublished(tx, owner, componentId, askWeather(say, { componentId, systemId, connectorId, endpointId }));
}

async function seedPurchases(tx: Executor, owner: Access, say: Say): Promise<void> {
  const componentId = await insertComponent(tx, owner.workspaceId, owner.user?.id ?? null, purchaseComponent(say));
  for (const { name, data } of purchases(say)) await insertEntry(tx, owner, componentId, name, { ...data, approver: { id: owner.user?.id ?? '' } });
  await insertPublished(tx, owner, componentId, purchaseApproval(say));
}

const actorOf = (access: Access) => ({ workspaceId: access.workspaceId, userId: access.user?.id ?? null });

async function insertEntry(tx: Executor, owner: Access, componentId: string, name: string, data: Parameters<typeof writeEntry>[2]['data']): Promise<void> {
  await writeEntry(tx, actorOf(owner), { componentId, entryId: null, remove: false, name, data, noTracking: false });
}

async function insertPublished(tx: Executor, owner: Access, componentId: string, definition: FlowDefinition): Promise<string> {
  const id = await insertFlow(tx, { ...actorOf(owner), componentId }, definition);
  await publishLocked(tx, owner, await lockFlow(tx, owner.workspaceId, id), null);
  return id;
}
