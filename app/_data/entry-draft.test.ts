import { describe, expect, it } from 'vitest';
import type { ComponentField, EntryModel } from '#flow/component-model';
import { fieldMessages, rebase, startDraft } from './entry-draft';

const fields: ComponentField[] = [{ name: 'a', title: 'A', type: 'string' }, { name: 'b', title: 'B', type: 'integer' }, { name: 'c', title: 'C', type: 'array', items: { type: 'string' } }];
const entry = (data: EntryModel['data'], name = 'One'): EntryModel => ({ id: 1, name, createdDate: null, updateDate: null, creatorSubject: null, changeAuthor: null, data });

describe('a form whose entry somebody else saves', () => {
  const draft = startDraft(fields, entry({ a: 'x', b: 1, c: ['p'] }));
  it('takes their fields, keeps ours and names the ones we both changed', () => {
    const mine = { ...draft, name: 'Mine', data: { ...draft.data, a: 'mine', b: '2' } };
    const next = rebase(fields, mine, entry({ a: 'theirs', b: 1, c: ['p', 'q'] }, 'Theirs'));
    expect(next).toMatchObject({ name: 'Mine', data: { a: 'mine', b: '2', c: ['p', 'q'] }, contested: ['a'] });
  });
  it('has nothing to decide when both wrote the same', () => {
    const next = rebase(fields, { ...draft, data: { ...draft.data, a: 'same' } }, entry({ a: 'same', b: 1, c: ['p'] }));
    expect(next.contested).toEqual([]);
  });
});

describe('messages of a refused write', () => {
  it('are found by field whatever else the details hold, without the title that the label already says', () => {
    const details = [{ field: 'a', message: 'A is required.', text: { en: 'A is required.', fr: 'A est obligatoire.' } }, { field: 'data.b', message: 'B: at most 3.' }, 7];
    expect([...fieldMessages(details, 'fr', fields)]).toEqual([['a', 'A est obligatoire.'], ['b', 'At most 3.']]);
    expect(fieldMessages(undefined, 'en', fields).size).toBe(0);
  });
});
