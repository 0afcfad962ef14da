import * as Y from 'yjs';
import type { Note } from '../flow';
import { newId } from '../id';
import { compareOrder, ordersAt } from '../order-key';
import { edit, ensure, entryOf, put, replaceText, sharedText } from './entries';
import { readAll, readNote } from './read';

export type NewNote = { pos: [number, number]; text?: string; size?: [number, number]; colour?: string };

export function addNote(doc: Y.Doc, { pos, text, size, colour }: NewNote, origin: unknown): string {
  const id = newId('nte');
  doc.transact(() => {
    const others = readAll(doc, 'notes', readNote).toSorted(compareOrder);
    const order = ordersAt(others, others.length, [id]).get(id) ?? '';
    writeNote(doc, { id, pos, text: text ?? '', ...(size ? { size } : {}), ...(colour ? { colour } : {}) }, order);
  }, origin);
  return id;
}

export function writeNote(doc: Y.Doc, note: Note, order: string): void {
  const entry = ensure(doc, 'notes', note.id);
  put(entry, 'at', order);
  put(entry, 'pos', note.pos);
  put(entry, 'size', note.size);
  put(entry, 'colour', note.colour);
  put(entry, 'del', undefined);
  replaceText(sharedText(entry, 'body'), note.text);
}

export function moveNote(doc: Y.Doc, noteId: string, pos: [number, number], origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'pos', pos));
}

export function resizeNote(doc: Y.Doc, noteId: string, size: [number, number], origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'size', size));
}

export function colourNote(doc: Y.Doc, noteId: string, colour: string | null, origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'colour', colour ?? undefined));
}

export function removeNote(doc: Y.Doc, noteId: string, userId: string, origin: unknown): void {
  edit(doc, 'notes', noteId, origin, (entry) => put(entry, 'del', userId));
}

export function noteText(doc: Y.Doc, noteId: string): Y.Text | null {
  const body = entryOf(doc, 'notes', noteId)?.get('body');
  return body instanceof Y.Text ? body : null;
}
