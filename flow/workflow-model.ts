import { equal } from './compare';
import { systemFields, type ComponentField, type ComponentModel, type EntryModel } from './component-model';
import { isJsonObject, type Json, type JsonObject } from './json';
import { readPath } from './path';

/** The one model a workflow works on: an entry, whose paths may leave out `data.`. */
export function withData(path: string): string {
  return path.startsWith('data.') || isSystemField(path.split('.')[0] ?? '') ? path : `data.${path}`;
}

export const isSystemField = (name: string) => systemFields.some((each) => each === name);

export function readModel(model: JsonObject, path: string): Json {
  return readPath(model, withData(path));
}

/** The field of the component a path names; undefined for system fields and for parts of a field. */
export function fieldNamed(component: ComponentModel, path: string | undefined): ComponentField | undefined {
  const name = (path ?? '').replace(/^data\./, '');
  return component.fields.find((each) => each.name === name);
}

/**
 * The model with what others wrote meanwhile, except where the workflow changed the same field: its own value stays and
 * the conflict rule of "Update model" speaks, so the time it was loaded stays too.
 */
export function reloaded({ model, loaded }: { model: JsonObject; loaded: JsonObject }, fresh: EntryModel): { model: JsonObject; loaded: JsonObject } {
  const [mine, before] = [dataOf(model), dataOf(loaded)];
  const data: JsonObject = {};
  const known: JsonObject = {};
  let clashes = false;
  for (const [name, value] of Object.entries(fresh.data)) {
    const isMine = !equal(mine[name] ?? null, before[name] ?? null);
    clashes ||= isMine && !equal(value, before[name] ?? null);
    data[name] = isMine ? (mine[name] ?? null) : value;
    known[name] = isMine ? (before[name] ?? null) : value;
  }
  const updateDate = clashes ? (loaded['updateDate'] ?? null) : fresh.updateDate;
  return { model: { ...fresh, updateDate, data }, loaded: { ...fresh, updateDate, data: known } };
}

function dataOf(model: JsonObject): JsonObject {
  const data = model['data'] ?? null;
  return isJsonObject(data) ? data : {};
}
