import type { ComponentModel } from '#flow/component-model';
import { FailureError } from '#flow/failure';
import type { JsonObject } from '#flow/json';
import type { EntryWrite } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import type { Executor } from './client';
import { lockComponent, missingComponent } from './components';
import { claimKeys, entryKey, refuseKey } from './entry-key';
import { danglingIn, referencedNames } from './entry-references';
import { cleanName, clock, firstNumber, judgeData, nameChange, refuseData, writeEntry, type EntryActor } from './entry-write';
import { recordChanges } from './record-change';
import { entries, entryChanges } from './schema';

/**
 * Many writes in the caller's transaction, in order, with the rules of `writeEntry`. The failure of a refused one names
 * its place: `operation`, from 0. Creations that follow one another are written together: a hundred times fewer
 * statements than one by one.
 */
type Placed = { write: EntryWrite; place: number };
const largestGroup = 1_000;
const largestInsert = 5_000;

export async function writeEntries(tx: Executor, actor: EntryActor, writes: readonly EntryWrite[], places: readonly number[]): Promise<void> {
  for (const group of groupsOf(writes.map((write, at) => ({ write, place: places[at] ?? at })))) {
    const [first] = group;
    if (!first) continue;
    const component = first.write.entryId === null ? await located(first.place, () => creatable(tx, actor, first.write)) : null;
    if (component) await createMany(tx, actor, component, group);
    else for (const { write, place } of group) await located(place, () => writeEntry(tx, actor, write));
  }
}

/** Runs of creations in one component; everything else stands alone. */
function groupsOf(all: readonly Placed[]): Placed[][] {
  const groups: Placed[][] = [];
  for (const each of all) {
    const group = groups.at(-1);
    const last = group?.at(-1)?.write;
    if (group && last && last.entryId === null && each.write.entryId === null && last.componentId === each.write.componentId && group.length < largestGroup) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

/** Null: this component's entries are written one by one, for their files are looked up one by one. */
async function creatable(tx: Executor, actor: EntryActor, write: EntryWrite): Promise<ComponentModel | null> {
  const component = (await lockComponent(tx, actor.workspaceId, write.componentId, 'share')) ?? missingComponent(write.componentId);
  return component.settings.proxyMode || component.fields.some((field) => field.type === 'file') ? null : component;
}

async function createMany(tx: Executor, actor: EntryActor, component: ComponentModel, group: readonly Placed[]): Promise<void> {
  const made: (Placed & { data: JsonObject; key: string | null; id: number })[] = [];
  for (const each of group) {
    const { data } = await located(each.place, async () => judgeData(component, { data: each.write.data, bad: [] }, each.write, 'create'));
    made.push({ ...each, data, key: entryKey(component.fields, data), id: 0 });
  }
  const names = await referencedNames(tx, actor.workspaceId, component.fields, made.map((each) => each.data));
  for (const { place, data } of made) {
    const dangling = danglingIn(component.fields, data, names);
    if (dangling.length > 0) await located(place, async () => refuseData(dangling));
  }
  const first = await firstNumber(tx, actor, component.id, made.length);
  made.forEach((each, at) => (each.id = first + at));
  const keyed = made.flatMap((each) => (each.key === null ? [] : [{ key: each.key, entryId: each.id, place: each.place }]));
  const taken = await claimKeys(tx, component.id, keyed.map(({ key, entryId }) => ({ key, entryId })));
  const clash = taken === null ? undefined : keyed[taken];
  if (clash) await located(clash.place, () => refuseKey(tx, component, clash.key));
  await insertMany(tx, actor, component, made);
}

async function insertMany(tx: Executor, actor: EntryActor, component: ComponentModel, made: readonly (Placed & { data: JsonObject; id: number })[]): Promise<void> {
  const { userId } = actor;
  await tx.insert(entries).values(made.map(({ id, write, data }) => ({ componentId: component.id, id, name: cleanName(write.name), data, createdBy: userId, changedBy: userId, createdAt: clock, updatedAt: clock })));
  const by = { componentId: component.id, userId, runId: actor.runId ?? null, stepId: actor.stepId ?? null, at: clock };
  const changes = made.flatMap(({ id, write, data }) => {
    const filled = Object.entries(data).filter(([, value]) => value !== null).map(([field, after]) => ({ field, before: null, after }));
    return [{ field: '$created', before: null, after: null }, ...(write.noTracking ? [] : [...nameChange(null, cleanName(write.name)), ...filled])].map((each) => ({ ...by, ...each, entryId: id }));
  });
  for (let start = 0; start < changes.length; start += largestInsert) await tx.insert(entryChanges).values(changes.slice(start, start + largestInsert));
  await recordChanges(tx, made.map(({ id }) => ({ workspaceId: actor.workspaceId, topic: 'entry', objectId: component.id, entryId: id })));
}

async function located<T>(operation: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    const { failure } = error;
    const words = text(`Operation ${operation}: ${failure.text.en}`, `Opération ${operation} : ${failure.text.fr}`);
    throw new FailureError({ ...failure, message: words.en, text: words, path: `operations[${operation}]`, details: { operation, ...(failure.path ? { path: failure.path } : {}), cause: failure.details ?? null } }, { cause: error });
  }
}
