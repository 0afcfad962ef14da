import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import icons from 'lucide-react/dynamicIconImports';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { canonicalParams, isListParam } from '../canonical-params';
import { catalogue, groupOrder, groupTitle } from '../catalogue';
import { errorMeaning } from '../error-meaning';
import type { ComponentField } from '../component-model';
import type { Json, JsonObject } from '../json';
import type { Text } from '../text';
import { sampleComponent, itemsOf, modelOf, outcomeOf, world } from './testing';
import { withDefaults, type StepType } from './define-step';
import type { ParamMeta } from './field';
import { stepType, stepTypes } from './index';

const folder = new URL('.', import.meta.url);
const context = { index: { components: [sampleComponent], flows: [] }, component: sampleComponent };

function frozen<T extends Json>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach((each) => frozen(each));
  return Object.freeze(value);
}

function texts(type: StepType): [string, Text][] {
  const ofMeta = (place: string, meta: ParamMeta): [string, Text][] => [
    [place, meta.label], ...(meta.help ? [[`${place} help`, meta.help] satisfies [string, Text]] : []),
    ...(meta.widget === 'choice' ? meta.choices.map((each): [string, Text] => [`${place} ${each.value}`, each.label]) : []),
    ...(meta.widget === 'list' ? [[`${place} add`, meta.addLabel] satisfies [string, Text], ...Object.entries(meta.columns).flatMap(([key, column]) => ofMeta(`${place}.${key}`, column))] : []),
    ...(meta.widget === 'mapping' && meta.addLabel ? [[`${place} add`, meta.addLabel] satisfies [string, Text]] : []),
  ];
  return [
    ['title', type.title], ['summary', type.summary], ['help', type.help], ...type.examples.map((each, place): [string, Text] => [`example ${place}`, each.title]),
    ...Object.entries(type.params).flatMap(([key, meta]) => ofMeta(key, meta)),
  ];
}

describe('every step type', () => {
  test('F1 each has its own key, and the registry finds it', () => {
    expect(new Set(stepTypes.map((each) => each.key)).size).toBe(stepTypes.length);
    for (const each of stepTypes) expect(stepType(each.key)).toBe(each);
    expect(stepType('dataflow/constructor')).toBeUndefined();
  });

  test('F1 each file of a step folder is named for the one type it exports, and is in the registry', async () => {
    let found = 0;
    for (const kind of ['dataflow', 'workflow']) {
      for (const group of readdirSync(new URL(kind, folder))) {
        for (const file of readdirSync(new URL(`${kind}/${group}`, folder)).filter((each) => each.endsWith('.ts') && !each.includes('.test.'))) {
          const module: Record<string, unknown> = await import(fileURLToPath(new URL(`${kind}/${group}/${file}`, folder)));
          const types = stepTypes.filter((each) => Object.values(module).includes(each));
          if (types.length === 0) expect(Object.values(module).every((each) => typeof each === 'function'), `${file} is in no registry`).toBe(true);
          for (const each of types) expect([each.kind, each.group, `${each.id}.ts`]).toEqual([kind, group, file]);
          found += types.length;
        }
      }
    }
    expect(found).toBe(stepTypes.length);
  });

  test.each(stepTypes)('F2 $key speaks both languages everywhere', (type) => {
    for (const [place, words] of texts(type)) {
      expect(words.en.trim(), `${place} en`).not.toBe('');
      expect(words.fr.trim(), `${place} fr`).not.toBe('');
    }
    expect(type.help.fr).not.toBe(type.help.en);
    expect(Object.keys(icons)).toContain(type.icon);
    for (const code of type.errors) expect(errorMeaning(code)?.fr, `${code} has no meaning in flow/error-meaning.ts`).toBeTruthy();
  });

  test.each(stepTypes)('F3 $key has a JSON Schema, and its defaults fit it and are never stored', (type) => {
    const schema = z.toJSONSchema(type.paramsSchema);
    expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(type.params));
    const defaults = withDefaults({}, type.params);
    expect(type.paramsSchema.safeParse(defaults).success).toBe(true);
    expect(canonicalParams(defaults, type.params)).toEqual({});
    for (const meta of Object.values(type.params)) if (isListParam(meta)) expect(meta.default).toBeUndefined();
    expect(type.prepare({ nobodyKnows: 1 }).ok).toBe(false);
  });

  test.each(stepTypes)('F3 $key shows its parameters only by parameters and values there are', (type) => {
    for (const meta of Object.values(type.params)) {
      if (!meta.showWhen) continue;
      const asked = type.params[meta.showWhen.param];
      expect(asked).toBeDefined();
      if (asked?.widget === 'choice') for (const each of meta.showWhen.in) expect(asked.choices.map((choice) => choice.value)).toContain(each);
    }
  });

  test.each(stepTypes)('F4 $key can be asked about while nothing is filled in', (type) => {
    const prepared = type.prepare({});
    if (!prepared.ok) throw new Error(prepared.issues[0]?.path ?? '');
    expect(prepared.plan.outputSchema({}, context)).toMatchObject({ fields: {} });
    expect(Array.isArray(prepared.plan.problems({}, context))).toBe(true);
    expect(prepared.plan.foot(context)).toMatchObject({ en: expect.any(String), fr: expect.any(String) });
  });

  test.each(stepTypes)('F5 $key upgrades parameters of every earlier version', (type) => {
    for (let version = 1; version < type.version; version++) expect(type.upgrades?.[version], `from version ${version}`).toBeTypeOf('function');
    expect(Object.keys(type.upgrades ?? {}).every((version) => Number(version) < type.version)).toBe(true);
  });

  const examples = stepTypes.flatMap((type) => type.examples.map((example, place) => ({ name: `${type.key} ${place + 1}`, type, example })));
  test.each(examples)('F6 example $name gives exactly what it shows and changes nothing it was given', async ({ type, example }) => {
    const params: JsonObject = frozen(example.params);
    const keyed: ComponentField[] = [...sampleComponent.fields, { name: 'code', title: 'Code', type: 'string', primaryKey: true }];
    const named = keyed.filter((each) => JSON.stringify(example).includes(`"${each.name}"`));
    const at = world({ component: { ...sampleComponent, fields: named }, ...(example.caller === undefined ? {} : { caller: frozen(example.caller) }), ...(example.entries ? { entries: example.entries } : {}), ...(example.trigger ? { trigger: example.trigger } : {}) });
    if (type.kind === 'workflow') {
      expect((await modelOf(type, params, frozen(example.input?.[0] ?? {}), at)).model).toEqual(example.output);
      return;
    }
    const outcome = await outcomeOf(type, params, { source: frozen(example.input ?? []), left: frozen(example.left ?? []), right: frozen(example.right ?? []) }, at);
    expect(outcome.kind === 'items' && outcome.items).toEqual(example.output);
  });

  test('F6 every pure step shows an example', () => {
    expect(stepTypes.filter((each) => each.class === 'pure' && each.examples.length === 0)).toEqual([]);
    expect(examples.length).toBeGreaterThan(12);
  });

  test.each(stepTypes.filter((each) => each.kind === 'dataflow' && each.sources === 'one' && !each.runsEmpty))('F7 $key gives nothing for nothing and acts on nothing', async (type) => {
    const at = world();
    const params = type.examples[0]?.params ?? (Object.hasOwn(type.params, 'component') ? { component: sampleComponent.id } : {});
    expect(await itemsOf(type, params, { source: [] }, at)).toEqual([]);
    expect(at.effects.size).toBe(0);
  });
});

describe('the catalogue', () => {
  test('F8 has an entry for each type, in groups that have titles', () => {
    expect(catalogue.map((each) => each.key)).toEqual(stepTypes.map((each) => each.key));
    for (const each of catalogue) expect(groupOrder).toContain(each.group);
    for (const group of groupOrder) expect(groupTitle(group).fr).not.toBe('');
  });

  test('F8 is plain JSON with a schema that names, explains and requires', () => {
    expect(JSON.parse(JSON.stringify(catalogue))).toEqual(catalogue);
    const filter = catalogue.find((each) => each.key === 'dataflow/filter-source');
    expect(filter?.params).toMatchObject({ type: 'object', required: ['srcField'], properties: { operator: { title: 'Operator', default: 'equal' } } });
  });
});
