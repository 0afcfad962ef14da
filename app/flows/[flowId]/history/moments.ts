import type { FlowChange, FlowEdit, Person } from '#db/flow-history';
import { sameJson } from '#flow/canonical-params';

/** The edit log as the history page lays it out. Edits stand oldest first here. */
export type Mark = { kind: 'version' | 'checkpoint'; id: string; seq: number; name: string; message: string | null; at: string; by: string | null; published: boolean };

/** Where in the edits a moment stands: the last one that was over by then, -1 before the first. */
export function indexAt(edits: readonly FlowEdit[], seq: number): number {
  return edits.findLastIndex((edit) => edit.seq <= seq);
}

/** What a moment is compared with unless somebody chose: the version before it, else the flow's beginning, else nothing. */
export function usualFrom(marks: readonly Mark[], at: number): number {
  const version = marks.findLast((mark) => mark.kind === 'version' && mark.seq < at);
  return version?.seq ?? (at > 1 ? 1 : 0);
}

export const authorKey = (author: Person | null): string => author?.id ?? '';

/** Who edited, the most recent first. The empty id is programs with an API key. */
export function peopleOf(edits: readonly { author: Person | null }[]): { id: string; name: string }[] {
  const people = new Map<string, { id: string; name: string }>();
  for (const { author } of edits.toReversed()) if (!people.has(authorKey(author))) people.set(authorKey(author), { id: authorKey(author), name: author?.name ?? '' });
  return [...people.values()];
}

/** Edits of one person close to one another, in time and on the track, as one bar: places of its first and last edit. */
export type Session = { author: string; first: number; last: number };
const pauseMs = 5 * 60_000;
const apart = 0.06;

export function sessionsOf(edits: readonly FlowEdit[], positions: readonly number[]): Session[] {
  const sessions: Session[] = [];
  const open = new Map<string, Session>();
  edits.forEach((edit, place) => {
    const author = authorKey(edit.author);
    const known = open.get(author);
    const before = known ? edits[known.last] : undefined;
    if (known && before && Date.parse(edit.firstAt) - Date.parse(before.at) <= pauseMs && (positions[place] ?? 0) - (positions[known.last] ?? 0) <= apart) {
      known.last = place;
      return;
    }
    const made = { author, first: place, last: place };
    open.set(author, made);
    sessions.push(made);
  });
  return sessions;
}

/** One line of the list: what one person did to one thing, from its old value to its last new one. */
export type Line = FlowChange & { target: string; firstSeq: number };

export const targetOf = ({ stepId, key }: FlowChange): string => `${stepId ?? ''} ${key.endsWith(']') ? key : key.replace(/\[\d+\].*$/, '')}`;

/** Changes newest first, as the API gives them; what follows itself is told once, what came back to where it was not at all. */
export function linesOf(changes: readonly FlowChange[]): Line[] {
  const lines: Line[] = [];
  for (const change of changes) {
    const target = targetOf(change);
    const newer = lines.at(-1);
    const isSame = newer?.target === target && authorKey(newer.author) === authorKey(change.author) && newer.op === 'set' && change.op === 'set';
    if (isSame) lines.splice(-1, 1, { ...newer, old: change.old, firstSeq: change.seq });
    else lines.push({ ...change, target, firstSeq: change.seq });
  }
  return lines.filter((line) => line.op !== 'set' || line.firstSeq === line.seq || !sameJson(line.old, line.new));
}

export type Group = { author: Person | null; lines: Line[] };

export function groupsOf(changes: readonly FlowChange[]): Group[] {
  const groups = new Map<string, FlowChange[]>();
  for (const change of changes) {
    const own = groups.get(authorKey(change.author));
    if (own) own.push(change);
    else groups.set(authorKey(change.author), [change]);
  }
  return [...groups.values()].flatMap((own) => {
    const lines = linesOf(own);
    return lines.length > 0 ? [{ author: own[0]?.author ?? null, lines }] : [];
  });
}

/** Who last changed each step between two moments. */
export function authorsOf(edits: readonly FlowEdit[], from: number, to: number): Map<string, string> {
  const [low, high] = from < to ? [from, to] : [to, from];
  const authors = new Map<string, string>();
  for (const edit of edits) if (edit.seq > low && edit.firstSeq <= high && edit.author) for (const stepId of edit.stepIds) authors.set(stepId, edit.author.name);
  return authors;
}
