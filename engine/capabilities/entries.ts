import { entriesById, entryIdsByKey, peopleById, searchEntries, type Reading } from '#db/entry-reads';
import { workspaceIndex } from '#db/components';
import { userInfoComponent, type ComponentModel } from '#flow/component-model';
import { fail } from '#flow/failure';
import type { JsonObject } from '#flow/json';
import { unknownSchema } from '#flow/model-schema';
import { viewsOf } from '#flow/propagate';
import type { StepUse } from '#flow/steps/capabilities';
import { text } from '#flow/text';
import { requireRight } from '../effects';
import type { Engine } from '../engine';
import type { LiveRun } from '../live-run';

/** Reading entries for a step, with the rights of whom the run acts for, in the run's own workspace only. */
type Reads = Pick<StepUse, 'searchEntries' | 'entriesById' | 'entryIdsByKey' | 'sourceSchema'>;

export function entryReads(engine: Engine, run: LiveRun, stepId: string, component: StepUse['component'], signal: AbortSignal): Reads {
  const { database } = engine;
  const { workspaceId } = run.facts;
  const reading = async (componentId: string): Promise<Reading> => {
    signal.throwIfAborted();
    await requireRight(database.db, run);
    return { workspaceId, component: (await component(componentId)) ?? missing(componentId), signal };
  };
  return {
    searchEntries: async (componentId, searches) => searchEntries(database, await reading(componentId), searches),
    entriesById: async (componentId, ids) => {
      if (componentId === userInfoComponent) {
        await requireRight(database.db, run);
        const people = await peopleById(database, workspaceId, ids.map(String));
        return new Map<number | string, JsonObject>([...people].map(([id, person]) => [id, { id, ...person }]));
      }
      const found = await entriesById(database, await reading(componentId), ids.map(Number));
      return new Map<number | string, JsonObject>([...found].map(([id, entry]) => [id, { ...entry }]));
    },
    entryIdsByKey: async (componentId, keys) => entryIdsByKey(database, await reading(componentId), keys),
    sourceSchema: async () => {
      const index = await workspaceIndex(database.db, workspaceId);
      const views = viewsOf(run.facts.plan.definition, { index, componentId: run.facts.component.id });
      return views.get(stepId)?.sources.source ?? unknownSchema;
    },
  };
}

function missing(componentId: string): ComponentModel {
  return fail('COMPONENT_NOT_FOUND', text(`There is no component "${componentId}".`, `Il n’y a pas de composant « ${componentId} ».`));
}
