import { expect, test } from 'vitest';
import { mentionParts, mentionsIn } from './mentions';

const people = [{ id: 'a', name: 'Bo' }, { id: 'b', name: 'Bo Li' }, { id: 'c', name: 'Chloé' }, { id: 'd', name: 'Bo' }, { id: 'e', name: ' ' }];
const ids = (text: string) => mentionsIn(text, people).map((each) => each.id);

test('the longest name at a place is meant, in any case, and everybody of that name', () => {
  expect(ids('ask @Bo Li about it')).toEqual(['b']);
  expect(ids('ask @bo, please')).toEqual(['a', 'd']);
  expect(ids('@chloé: see @Bo')).toEqual(['a', 'c', 'd']);
});

test('a name inside of a word, an address or a longer word is nobody', () => {
  expect(ids('bo@Bo.example')).toEqual([]);
  expect(ids('@Bob and @Chloéa and @')).toEqual([]);
  expect(ids('(@Bo)')).toEqual(['a', 'd']);
});

test('the parts are the text again', () => {
  for (const text of ['', '@Bo', 'x @Bo Li @Chloé y', '@@Bo', 'a@Bo @Bo@Bo', '<b>@Bo</b>']) expect(mentionParts(text, people).map((part) => part.text).join('')).toBe(text);
  expect(mentionParts('x @Chloé y', people).map((part) => part.person?.id ?? null)).toEqual([null, 'c', null]);
});
