import { expect, test } from 'vitest';
import { canonicalJson, emptyDefinition } from '#flow/canonical';
import { fileNameOf, readDefinition } from './read-definition';

const file = (text: string) => ({ size: text.length, text: async () => text });

test('F10 what export gave is read back as the same flow', async () => {
  const text = canonicalJson(emptyDefinition('workflow', 'Été — à 20 °C'));
  const read = await readDefinition(file(text));
  expect(read.ok && canonicalJson(read.definition)).toBe(text);
});

test.each([['{', 'json'], ['[]', 'definition'], ['{"schema":1,"kind":"dataflow","name":"A","lanes":[],"extra":1}', 'definition']])('F11 a file that is no flow is refused: %s', async (text, reason) => {
  expect(await readDefinition(file(text))).toMatchObject({ ok: false, reason });
  expect(await readDefinition({ size: 6_000_000, text: async () => text })).toEqual({ ok: false, reason: 'large' });
});

test.each([['Rain by month', 'rain-by-month.flow.json'], ['Été à Saint-Malo', 'ete-a-saint-malo.flow.json'], ['../..', 'flow.flow.json'], ['流', 'flow.flow.json']])('a file is named for its flow: %s', (name, expected) => {
  expect(fileNameOf(name)).toBe(expected);
});
