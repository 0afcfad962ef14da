import { diffDefinitions, type Change, type DiffKind } from './diff';
import type { FlowDefinition } from './flow';
import type { Json } from './json';
import { textEdit } from './text-diff';

/** One readable line of a flow's edit history. What is of a stage or note names it in the key; `stepId` is then null. */
export type ChangeRow = { stepId: string | null; key: string; op: 'add' | 'set' | 'remove' | 'move'; old: Json; new: Json };

export function changesOf(before: FlowDefinition | null, after: FlowDefinition): ChangeRow[] {
  if (before === after) return [];
  const diff = diffDefinitions(before, after);
  return [
    ...diff.settings.map((change): ChangeRow => row(null, change.key, change)),
    ...diff.stages.flatMap((each) => rowsOf(null, `stage.${each.stageId}`, each.kind, each.name, each.changes)),
    ...diff.steps.flatMap((each) => rowsOf(each.stepId, '', each.kind, { type: each.type, name: each.name }, each.changes)),
    ...diff.notes.flatMap((each) => rowsOf(null, `note.${each.noteId}`, each.kind, null, each.changes)),
  ];
}

function rowsOf(stepId: string | null, prefix: string, kind: DiffKind, shown: Json, changes: readonly Change[]): ChangeRow[] {
  const key = prefix || 'step';
  if (kind === 'added') return [{ stepId, key, op: 'add', old: null, new: shown }];
  if (kind === 'removed') return [{ stepId, key, op: 'remove', old: shown, new: null }];
  return changes.map((change) => row(stepId, prefix ? `${prefix}.${change.key}` : change.key, change));
}

function row(stepId: string | null, key: string, change: Change): ChangeRow {
  const isPlace = change.key === 'place' || change.key.endsWith('].place');
  const isRow = change.key.endsWith(']');
  const op = isPlace ? 'move' : isRow && change.old === null ? 'add' : isRow && change.new === null ? 'remove' : 'set';
  return { stepId, key, op, ...excerpt(change) };
}

const excerptLength = 400;

/** Of long text only what changed, with some of what stands around: a script is not stored twice for every keystroke. */
function excerpt({ old, new: now }: Change): { old: Json; new: Json } {
  if (typeof old !== 'string' || typeof now !== 'string' || Math.max(old.length, now.length) <= excerptLength) return { old, new: now };
  const edit = textEdit(old, now);
  if (!edit) return { old: null, new: null };
  const from = Math.max(0, edit.at - 40);
  const cut = (text: string, length: number) => `${from > 0 ? '…' : ''}${text.slice(from, Math.min(edit.at + length + 40, from + excerptLength))}${edit.at + length + 40 < text.length ? '…' : ''}`;
  return { old: cut(old, edit.remove), new: cut(now, edit.insert.length) };
}
