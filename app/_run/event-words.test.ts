import { expect, test } from 'vitest';
import { createTranslator, type Messages } from 'next-intl';
import en from '../messages/en.json';
import fr from '../messages/fr.json';
import { effectWords } from './event-words';

const messages: Record<'en' | 'fr', Messages> = { en, fr };
const said = (locale: 'en' | 'fr', kind: string, count: number) => {
  const { key, values } = effectWords(kind, count);
  return createTranslator<Messages, 'run'>({ locale, messages: messages[locale], namespace: 'run' })(key, values);
};

test('effects are told in words, in both languages, and one that is newer than this page by its name', () => {
  expect([said('en', 'entry.updated', 1), said('en', 'entry.created', 1_200), said('en', 'task', 2)]).toEqual(['1 entry changed', '1,200 entries created', '2 questions asked']);
  expect([said('fr', 'entry.deleted', 0), said('fr', 'call', 2), said('fr', 'workflow', 1)]).toEqual(['0 entrée supprimée', '2 appels envoyés', '1 flux de travail lancé']);
  expect([said('en', 'message', 1), said('fr', 'message', 3)]).toEqual(['1 effect (message)', '3 effets (message)']);
});
