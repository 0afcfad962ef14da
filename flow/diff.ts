import { isListParam, sameJson } from './canonical-params';
import { stepKey, type FlowDefinition, type FlowKind, type Note, type Stage, type Step } from './flow';
import type { Json } from './json';
import { matchLists, unmoved } from './list-diff';
import { retryKeys } from './retry-policy';
import { stepType } from './steps/index';

/** What differs between two definitions, by id. `old` and `new` are null where there is nothing. */
export type Change = { key: string; old: Json; new: Json };
export type DiffKind = 'added' | 'removed' | 'changed' | 'moved';
export type StepDiff = { stepId: string; type: string; name: string; kind: DiffKind; changes: Change[] };
export type StageDiff = { stageId: string; name: string; kind: DiffKind; changes: Change[] };
export type NoteDiff = { noteId: string; kind: DiffKind; changes: Change[] };
export type FlowDiff = { steps: StepDiff[]; stages: StageDiff[]; notes: NoteDiff[]; settings: Change[] };

export function isEmptyDiff(diff: FlowDiff): boolean {
  return diff.steps.length + diff.stages.length + diff.notes.length + diff.settings.length === 0;
}

/** A step that both moved and changed is `changed`, its move among the changes under `place`. */
export function diffDefinitions(before: FlowDefinition | null, after: FlowDefinition): FlowDiff {
  const [old, now] = [before ? stepEntries(before) : [], stepEntries(after)];
  const [oldStages, stages] = [before ? stageEntries(before) : [], stageEntries(after)];
  return {
    steps: diffEntries(old, now, (a, b) => stepChanges(a, b, after.kind)).map(({ id, value, ...rest }) => ({ stepId: id, type: value.type, name: value.name, ...rest })),
    stages: diffEntries(oldStages, stages, (a, b) => compared([['name', a.name, b.name]])).map(({ id, value, ...rest }) => ({ stageId: id, name: value.name, ...rest })),
    notes: diffEntries(noteEntries(before), noteEntries(after), noteChanges).map(({ id, kind, changes }) => ({ noteId: id, kind: kind === 'changed' && changes.every(isPlaceOfNote) ? 'moved' : kind, changes })),
    settings: settingChanges(before, after),
  };
}

type Entry<T> = { id: string; home: string; index: number; value: T };

const stepEntries = (definition: FlowDefinition): Entry<Step>[] =>
  definition.lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((value, index) => ({ id: value.id, home: stage.id, index, value }))));
const stageEntries = (definition: FlowDefinition): Entry<Stage>[] => definition.lanes.flatMap((lane) => lane.stages.map((value, index) => ({ id: value.id, home: lane.id, index, value })));
/** Notes stand in no order: each is at home where it is. */
const noteEntries = (definition: FlowDefinition | null): Entry<Note>[] => (definition?.notes ?? []).map((value) => ({ id: value.id, home: value.id, index: 0, value }));

function diffEntries<T>(before: readonly Entry<T>[], after: readonly Entry<T>[], changesOf: (a: T, b: T) => Change[]): { id: string; value: T; kind: DiffKind; changes: Change[] }[] {
  const old = new Map(before.map((each) => [each.id, each]));
  const kept = new Set(after.map((each) => each.id));
  const moved = movedEntries(old, after);
  const found: { id: string; value: T; kind: DiffKind; changes: Change[] }[] = [];
  for (const each of after) {
    const was = old.get(each.id);
    if (!was) {
      found.push({ id: each.id, value: each.value, kind: 'added', changes: [] });
      continue;
    }
    const changes = was.value === each.value ? [] : changesOf(was.value, each.value);
    const place: Change[] = moved.has(each.id) ? [{ key: 'place', old: placeOf(was), new: placeOf(each) }] : [];
    if (changes.length + place.length > 0) found.push({ id: each.id, value: each.value, kind: changes.length > 0 ? 'changed' : 'moved', changes: [...changes, ...place] });
  }
  for (const each of before) if (!kept.has(each.id)) found.push({ id: each.id, value: each.value, kind: 'removed', changes: [] });
  return found;
}

const placeOf = <T>(entry: Entry<T>): Json => ({ in: entry.home, index: entry.index });

/** Entries that changed home, or stand outside the longest run that kept its order: one that was dragged, not all it passed. */
function movedEntries<T>(old: ReadonlyMap<string, Entry<T>>, after: readonly Entry<T>[]): Set<string> {
  const moved = new Set<string>();
  const homes = new Map<string, { id: string; was: number }[]>();
  for (const each of after) {
    const was = old.get(each.id);
    if (!was) continue;
    if (was.home !== each.home) moved.add(each.id);
    else {
      const list = homes.get(each.home);
      if (list) list.push({ id: each.id, was: was.index });
      else homes.set(each.home, [{ id: each.id, was: was.index }]);
    }
  }
  for (const list of homes.values()) {
    const still = unmoved(list.map((each) => each.was));
    list.forEach((each, place) => {
      if (!still.has(place)) moved.add(each.id);
    });
  }
  return moved;
}

function compared(facts: readonly [string, Json | undefined, Json | undefined][]): Change[] {
  return facts.filter(([, old, now]) => !sameJson(old ?? null, now ?? null)).map(([key, old, now]) => ({ key, old: old ?? null, new: now ?? null }));
}

function stepChanges(a: Step, b: Step, kind: FlowKind): Change[] {
  return [
    ...compared([
      ['type', a.type, b.type], ['name', a.name, b.name], ['source', a.sources?.source, b.sources?.source], ['left', a.sources?.left, b.sources?.left], ['right', a.sources?.right, b.sources?.right],
      ['disabled', a.disabled ?? false, b.disabled ?? false], ['note', a.note ?? '', b.note ?? ''], ['onError', a.onError ?? 'stop', b.onError ?? 'stop'],
      ...retryKeys.map((key): [string, Json | undefined, Json | undefined] => [`retry.${key}`, a.retry?.[key], b.retry?.[key]]), ['timeoutMs', a.timeoutMs, b.timeoutMs],
    ]),
    ...paramChanges(a, b, kind),
  ];
}

function paramChanges(a: Step, b: Step, kind: FlowKind): Change[] {
  const metas = stepType(stepKey(kind, b.type))?.params ?? {};
  const [old, now] = [a.params ?? {}, b.params ?? {}];
  return [...new Set([...Object.keys(metas), ...Object.keys(old), ...Object.keys(now)])].flatMap((key) => {
    const meta = Object.hasOwn(metas, key) ? metas[key] : undefined;
    const [was, is] = [old[key] ?? meta?.default ?? null, now[key] ?? meta?.default ?? null];
    if (sameJson(was, is)) return [];
    const rows = meta && isListParam(meta) && (was === null || Array.isArray(was)) && (is === null || Array.isArray(is));
    return rows ? rowChanges(key, was ?? [], is ?? []) : [{ key: `params.${key}`, old: was, new: is }];
  });
}

/** Row by row, named by its place now (a removed row by its place before). */
function rowChanges(key: string, before: readonly Json[], after: readonly Json[]): Change[] {
  const matches = matchLists(before, after);
  const kept = new Set(matches);
  const known = matches.flatMap((was, place) => (was === null ? [] : [{ was, place }]));
  const still = unmoved(known.map((each) => each.was));
  const moved = new Set(known.filter((_each, at) => !still.has(at)).map((each) => each.place));
  const changes = after.flatMap((row, place): Change[] => {
    const was = matches[place];
    const old = typeof was === 'number' ? (before[was] ?? null) : null;
    if (!sameJson(old, row)) return [{ key: `params.${key}[${place}]`, old, new: row }];
    return moved.has(place) ? [{ key: `params.${key}[${place}].place`, old: was ?? null, new: place }] : [];
  });
  return [...changes, ...before.flatMap((row, place): Change[] => (kept.has(place) ? [] : [{ key: `params.${key}[${place}]`, old: row, new: null }]))];
}

const isPlaceOfNote = ({ key }: Change): boolean => key === 'pos' || key === 'size';

function noteChanges(a: Note, b: Note): Change[] {
  return compared([['pos', a.pos, b.pos], ['text', a.text, b.text], ['size', a.size, b.size], ['colour', a.colour, b.colour]]);
}

function settingChanges(before: FlowDefinition | null, after: FlowDefinition): Change[] {
  if (!before) return [];
  const [a, b] = [before.settings ?? {}, after.settings ?? {}];
  return compared([
    ['name', before.name, after.name], ['restrictAccess', before.restrictAccess ?? false, after.restrictAccess ?? false], ['settings.generateApi', a.generateApi ?? false, b.generateApi ?? false],
    ['settings.elevatedRights', a.elevatedRights ?? false, b.elevatedRights ?? false], ['settings.description', a.description ?? '', b.description ?? ''],
    ['settings.timeoutMs', a.timeoutMs, b.timeoutMs], ['settings.concurrency', a.concurrency, b.concurrency],
  ]);
}
