import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eq } from 'drizzle-orm';
import type { FlowDefinition } from '#flow/flow';
import type { Text } from '#flow/text';
import type { Access } from './access';
import type { Executor } from './client';
import { insertComponent } from './components';
import { writeEntry } from './entry-write';
import { storeFile } from './files';
import { insertFlow, lockFlow } from './flows';
import { nameComponent, savedNames, saveNameDataflow, saveNameWorkflow } from './samples/save-name';
import { rainByMonth, weatherComponent } from './samples/seattle-weather';
import { user } from './schema';
import { publishLocked } from './versions';

type Say = (words: Text) => string;

/** Two samples in every new workspace, in its owner's language, published and ready to run without any network. */
export async function seedSamples(tx: Executor, workspaceId: string, userId: string): Promise<void> {
  const [person] = await tx.select({ id: user.id, name: user.name, locale: user.locale }).from(user).where(eq(user.id, userId));
  const owner: Access = { workspaceId, role: 'owner', user: person ? { id: person.id, name: person.name } : null, via: 'session' };
  const say: Say = (words) => (person?.locale === 'fr' ? words.fr : words.en);
  await seedWeather(tx, owner, say);
  await seedNames(tx, owner, say);
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

const actorOf = (access: Access) => ({ workspaceId: access.workspaceId, userId: access.user?.id ?? null });

async function insertEntry(tx: Executor, owner: Access, componentId: string, name: string, data: Parameters<typeof writeEntry>[2]['data']): Promise<void> {
  await writeEntry(tx, actorOf(owner), { componentId, entryId: null, remove: false, name, data, noTracking: false });
}

async function insertPublished(tx: Executor, owner: Access, componentId: string, definition: FlowDefinition): Promise<string> {
  const id = await insertFlow(tx, { ...actorOf(owner), componentId }, definition);
  await publishLocked(tx, owner, await lockFlow(tx, owner.workspaceId, id), null);
  return id;
}

const weatherFile = 'seattle-weather.csv';

/** Below this file in the sources; below the package's root when bundled, which is also where the product is started. */
function sampleBytes(name: string): Uint8Array {
  const folders = [/* turbopackIgnore: true */ process.cwd()];
  for (let folder = dirname(fileURLToPath(import.meta.url)), up = 0; up < 4; up++, folder = dirname(folder)) folders.unshift(folder);
  for (const folder of folders) {
    for (const path of [join(/* turbopackIgnore: true */ folder, 'samples', name), join(/* turbopackIgnore: true */ folder, 'db', 'samples', name)]) {
      if (existsSync(/* turbopackIgnore: true */ path)) return readFileSync(/* turbopackIgnore: true */ path);
    }
  }
  throw new Error(`the sample file db/samples/${name} is missing from this installation`);
}
