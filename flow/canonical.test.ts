import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalDefinition, canonicalJson, emptyDefinition, parseDefinition, storedDefinition } from './canonical';
import { createDocument, definitionOf } from './document';
import type { FlowDefinition } from './flow';
import { isJsonObject, type Json, type JsonObject } from './json';
import { normalize } from './normalize';
import { stepTypes } from './steps/index';
import type { ParamMeta } from './steps/field';

const example = {
  schema: 1, kind: 'dataflow', name: 'Rain by type', restrictAccess: false,
  lanes: [{ id: 'main', stages: [{ id: 'stg_1', name: 'Input', steps: [
    { id: 'stp_1', type: 'get-raw-model', name: 'Given', params: { model: '{"file":{"id":""}}' } },
    { id: 'stp_2', type: 'import-file', name: 'Read weather', sources: { source: 'stp_1' }, params: { fileField: 'file', fieldsMapping: [{ target: 'rain@number', value: { field: 'precipitation' } }] } },
  ] }] }],
  notes: [{ id: 'nte_1', pos: [40, 20], text: 'daily weather' }],
};

const accepted = (input: unknown): FlowDefinition => {
  const parsed = parseDefinition(input);
  if (!parsed.ok) throw new Error(parsed.issues.map((issue) => `${issue.path}: ${issue.message}`).join('; '));
  return parsed.definition;
};
const issues = (input: unknown): string[] => {
  const parsed = parseDefinition(input);
  return parsed.ok ? [] : parsed.issues.map((issue) => issue.path);
};
const exported = (input: unknown): string => canonicalJson(definitionOf(createDocument(accepted(input))));

// ——— any flow: valid by construction, with every parameter of every step type somewhere

const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((each) => each.trim() || 'n');
const words = fc.string({ unit: 'grapheme', maxLength: 20 });
const free: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map((each): Json => JSON.parse(JSON.stringify(each).replaceAll('"__proto__"', '"proto"')));
const valueForm: fc.Arbitrary<Json> = fc.oneof(free.map((each): Json => ({ const: each })), words.map((each): Json => ({ field: each || 'f' })), words.map((each): Json => ({ expr: each || '1' })));

function param(meta: ParamMeta): fc.Arbitrary<Json> {
  switch (meta.widget) {
    case 'flag': return fc.boolean();
    case 'number': return fc.integer({ min: meta.min ?? -9, max: meta.max ?? 99 });
    case 'choice': return fc.constantFrom(...meta.choices.map((each) => each.value));
    case 'paths': return fc.array(words, { maxLength: 4 });
    case 'people': return fc.array(words, { minLength: 1, maxLength: 4 });
    case 'duration': return words;
    case 'value': return valueForm;
    case 'constant': case 'filter': return free;
    case 'mapping': return fc.array(fc.record({ target: words, value: valueForm }), { maxLength: 5 });
    case 'list': return fc.array(fc.record(Object.fromEntries(Object.entries(meta.columns).map(([key, column]) => [key, param(column)])), { requiredKeys: [] }), { maxLength: 4 }).map((each): Json => JSON.parse(JSON.stringify(each)));
    case 'text': case 'longText': case 'code': case 'path': case 'newField': case 'ref': case 'componentField': return words;
  }
}

const policies = {
  retry: fc.option(fc.record({
    attempts: fc.integer({ min: 1, max: 10 }), backoff: fc.constantFrom('fixed', 'exponential'), backoffMs: fc.nat(5_000), maxBackoffMs: fc.nat(9_000), jitter: fc.boolean(), on: fc.constantFrom('all', ['HTTP_STATUS', 'HTTP_TIMEOUT']),
  }, { requiredKeys: ['attempts'] }), { nil: undefined }),
  timeoutMs: fc.option(fc.integer({ min: 100, max: 86_400_000 }), { nil: undefined }),
};

const flow: fc.Arbitrary<JsonObject> = fc.constantFrom('dataflow' as const, 'workflow' as const).chain((kind) => {
  const types = stepTypes.filter((each) => each.kind === kind);
  const step = fc.constantFrom(...types).chain((type) => fc.record({
    type: fc.constant(type.id), name, disabled: fc.boolean(), note: words, source: fc.integer({ min: 0, max: 12 }), ...policies, ...(kind === 'dataflow' ? { onError: fc.constantFrom('stop', 'continue') } : {}),
    params: fc.record(Object.fromEntries(Object.entries(type.params).map(([key, meta]) => [key, param(meta)])), { requiredKeys: [] }),
  }).map(({ source, ...rest }) => {
    const ports = type.kind === 'dataflow' && type.sources === 'two' ? ['left', 'right'] : type.kind === 'dataflow' && type.sources !== 'none' ? ['source'] : [];
    return { ...rest, sources: Object.fromEntries(ports.map((port) => [port, `stp_${source}`])) };
  }));
  return fc.record({
    name, restrictAccess: fc.boolean(), settings: fc.record({ generateApi: fc.boolean(), description: words, timeoutMs: fc.integer({ min: 1_000, max: 86_400_000 }), concurrency: fc.integer({ min: 1, max: 99 }) }, { requiredKeys: [] }),
    stages: fc.array(fc.record({ name, steps: fc.array(step, { maxLength: 5 }) }), { maxLength: 4 }),
    notes: fc.array(fc.record({ pos: fc.tuple(fc.integer(), fc.integer()), text: words }), { maxLength: 3 }),
  }).map(({ stages, notes, ...rest }): JsonObject => {
    let count = 0;
    // Through text: what arrives over HTTP has no undefined keys and no -0.
    return JSON.parse(JSON.stringify({
      schema: 1, kind, ...rest, lanes: [{ id: 'main', stages: stages.map((stage, place) => ({ id: `stg_${place}`, name: stage.name, steps: stage.steps.map((each) => ({ id: `stp_${count++}`, ...each })) })) }],
      notes: notes.map((each, place) => ({ id: `nte_${place}`, ...each })),
    }));
  });
});

/** The same JSON with its keys in another order, as a jsonb column gives it back. */
function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.keys(value).toSorted((a, b) => a.length - b.length || (a < b ? 1 : -1)).map((key) => [key, shuffled(value[key] ?? null)]));
}

describe('import and export', () => {
  test('F10 the documented example comes back byte for byte', () => {
    expect(exported(example)).toBe(JSON.stringify(example));
    expect(JSON.stringify(definitionOf(createDocument(accepted(example))))).toBe(JSON.stringify(example));
  });

  test('F10 any flow: export, import, export gives the same bytes, through the shared document and in any key order', () => {
    let steps = 0;
    fc.assert(fc.property(flow, (input) => {
      const once = exported(input);
      steps += (once.match(/"type":/g) ?? []).length;
      expect(exported(JSON.parse(once))).toBe(once);
      expect(canonicalJson(accepted(input))).toBe(once);
      expect(exported(shuffled(input))).toBe(once);
      expect(JSON.stringify(storedDefinition(shuffled(JSON.parse(once))))).toBe(once);
    }), { numRuns: process.env['MILLRACE_LONG'] ? 20_000 : 250, seed: 20_260_731 });
    expect(steps).toBeGreaterThan(500);
  }, 120_000);

  test('F11 policies out of their range, of unknown errors or with unknown keys are refused with their path', () => {
    const withStep = (more: JsonObject) => issues({ ...example, lanes: [{ id: 'main', stages: [{ id: 'g', name: 'G', steps: [{ id: 'a', type: 'get-raw-model', name: 'A', ...more }] }] }] });
    const at = 'lanes[0].stages[0].steps[0]';
    expect(withStep({ retry: { attempts: 11 } })).toEqual([`${at}.retry.attempts`]);
    expect(withStep({ retry: { attempts: 0, backoffMs: -1 } })).toEqual([`${at}.retry.attempts`, `${at}.retry.backoffMs`]);
    expect(withStep({ retry: { attempts: 2, on: ['NO_SUCH_CODE'] } })[0]).toContain(`${at}.retry.on`);
    expect(withStep({ retry: { attempts: 2, often: true } })).toEqual([`${at}.retry.often`]);
    expect(withStep({ timeoutMs: 50 })).toEqual([`${at}.timeoutMs`]);
    expect(issues({ ...example, settings: { timeoutMs: 10, concurrency: 0 } })).toEqual(['settings.timeoutMs', 'settings.concurrency']);
    expect(withStep({ retry: { attempts: 2, backoff: 'fixed', backoffMs: 500, maxBackoffMs: 900, jitter: false, on: 'all' }, timeoutMs: 1_000 })).toEqual([]);
  });

  test('F10 defaults, empty lists and empty texts are left out', () => {
    const { lanes, notes, settings } = accepted({ ...example, settings: { generateApi: false }, notes: [], lanes: [{ id: 'main', stages: [{ id: 'g', name: 'G', steps: [
      { id: 'a', type: 'get-raw-model', name: 'A', params: { model: '{}', validateInput: false }, disabled: false, note: '', onError: 'stop', sources: {} },
      { id: 'b', type: 'filter-source', name: 'B', params: { operator: 'equal', srcField: '' } },
      { id: 'c', type: 'transform-model', name: 'C', params: { fieldsMapping: [] } },
    ] }] }] });
    expect([notes, settings]).toEqual([undefined, undefined]);
    expect(lanes[0]?.stages[0]?.steps).toEqual([{ id: 'a', type: 'get-raw-model', name: 'A' }, { id: 'b', type: 'filter-source', name: 'B' }, { id: 'c', type: 'transform-model', name: 'C' }]);
  });

  test('F10 restrictAccess is kept as given', () => {
    const { restrictAccess: _given, ...without } = example;
    expect(exported(without)).toBe(JSON.stringify(without));
  });

  test('F10 a new flow is canonical and has a first stage', () => {
    const empty = emptyDefinition('workflow', 'Approval');
    expect(canonicalDefinition(empty)).toEqual(empty);
    expect(accepted(empty).lanes[0]?.stages[0]?.name).toBe('Start');
  });

  test('F10 a sources link to a step that is gone stays for everybody to see', () => {
    const dangling = JSON.stringify(example).replace('"source":"stp_1"', '"source":"stp_9"');
    expect(exported(JSON.parse(dangling))).toBe(dangling);
  });
});

describe('refusals', () => {
  const withStep = (change: JsonObject) => ({ ...example, lanes: [{ id: 'main', stages: [{ id: 'g', name: 'G', steps: [{ id: 'a', type: 'distinct', name: 'A', ...change }] }] }] });
  const cases: [string, unknown, string[]][] = [
    ['an unknown key of the flow', { ...example, colour: 'red', size: 1 }, ['colour', 'size']],
    ['an unknown key of a step', withStep({ position: 1 }), ['lanes[0].stages[0].steps[0].position']],
    ['an unknown parameter', withStep({ params: { limit: 1 } }), ['lanes[0].stages[0].steps[0].params.limit']],
    ['an unknown step type', withStep({ type: 'teleport' }), ['lanes[0].stages[0].steps[0].type']],
    ['a type of the other kind', withStep({ type: 'finish' }), ['lanes[0].stages[0].steps[0].type']],
    ['a port the type has not', withStep({ sources: { left: 'b' } }), ['lanes[0].stages[0].steps[0].sources.left']],
    ['an id with blanks', withStep({ id: 'a b' }), ['lanes[0].stages[0].steps[0].id']],
    ['a name of 10,000 characters', withStep({ name: 'n'.repeat(10_000) }), ['lanes[0].stages[0].steps[0].name']],
    ['a name of blanks', withStep({ name: '   ' }), ['lanes[0].stages[0].steps[0].name']],
    ['another schema', { ...example, schema: 2 }, ['schema']],
    ['no lanes', { ...example, lanes: [] }, ['lanes']],
    ['a first lane that is not main', { ...example, lanes: [{ id: 'other', stages: [] }] }, ['lanes[0].id']],
    ['a branch of no condition step', { ...example, lanes: [...example.lanes, { id: 'l2', when: { step: 'stp_1', case: 'true' }, stages: [] }] }, ['lanes[1].when.step', 'lanes[1].stages']],
    ['a second lane without condition', { ...example, lanes: [...example.lanes, { id: 'l2', stages: [] }] }, ['lanes[1].when']],
    ['lanes inside each other', { ...example, lanes: [...example.lanes, { id: 'l2', when: { step: 'x', case: '1' }, stages: [{ id: 'g2', name: 'G', steps: [{ id: 'x', type: 'distinct', name: 'X' }] }] }] }, ['lanes[1].when.step', 'lanes[1].when.step']],
    ['the same id twice', { ...example, lanes: [{ id: 'main', stages: [...(example.lanes[0]?.stages ?? []), { id: 'stg_1', name: 'Two', steps: [{ id: 'stp_1', type: 'distinct', name: 'D' }] }] }], notes: [...example.notes, ...example.notes] },
      ['lanes[0].stages[1].id', 'lanes[0].stages[1].steps[0].id', 'notes[1].id']],
    ['onError in a workflow', { ...withStep({ type: 'finish', onError: 'stop' }), kind: 'workflow' }, ['lanes[0].stages[0].steps[0].onError']],
    ['null', null, ['']], ['text', 'flow', ['']], ['a list', [], ['']],
  ];
  test.each(cases)('F11 %s is refused with its path', (_title, input, paths) => {
    expect(issues(input)).toEqual(paths);
  });

  test('F11 an empty draft of a step is a definition', () => {
    expect(issues(withStep({ params: { keys: ['a', 5] } }))).toEqual([]);
  });

  const circular: { [key: string]: unknown } = { ...example };
  circular['notes'] = [circular];
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`);
  const hostile: [string, unknown][] = [
    ['circular', circular], ['20,000 levels deep', deep], ['deep inside a parameter', withStep({ params: { keys: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) } })],
    ['a prototype as key', JSON.parse(JSON.stringify(withStep({})).replace('"name":"A"', '"name":"A","__proto__":{"x":1}'))], ['NUL in a name', withStep({ name: 'a\u0000b' })],
    ['half a character', withStep({ note: '\ud83d' })], ['a date', { ...example, name: new Date() }], ['infinity', { ...example, schema: Infinity }], ['a function', { ...example, name: () => 1 }],
  ];
  test.each(hostile)('F12 %s is refused with a path', (_title, input) => {
    expect(issues(input)).toHaveLength(1);
  });

  test('F12 a thousand faults are answered with a hundred', () => {
    const steps = Array.from({ length: 1_000 }, (_, place) => ({ id: `s${place}`, type: 'nothing', name: 'N' }));
    expect(issues({ ...example, lanes: [{ id: 'main', stages: [{ id: 'g', name: 'G', steps }] }] })).toHaveLength(100);
  });
});

describe('normalize', () => {
  const stage = (id: string, laneId: string, more = {}) => ({ id, laneId, order: 'a0', deleted: false, name: id, ...more });
  const step = (id: string, stageId: string, more = {}) => ({ id, stageId, order: 'a0', deleted: false, step: { id, type: 'finish', name: id }, ...more });
  const lane = (id: string, owner: string, branch = 'true', more = {}) => ({ id, order: 'a0', deleted: false, when: { step: owner, case: branch }, ...more });
  const seen = (state: Partial<Parameters<typeof normalize>[0]>) => normalize({ kind: 'workflow', name: 'N', restrictAccess: undefined, settings: undefined, lanes: [], stages: [], steps: [], notes: [], ...state })
    .lanes.map((each) => `${each.id}(${each.stages.map((column) => `${column.id}:${column.steps.map((item) => item.id).join('')}`).join(' ')})`).join(' ');

  test('F23 steps of a deleted stage are gone, those of an unknown one stand last, equal orders go by id', () => {
    expect(seen({ stages: [stage('g', 'main'), stage('h', 'main', { deleted: true })], steps: [step('b', 'g'), step('a', 'g'), step('c', 'h'), step('d', 'nowhere'), step('e', 'g', { deleted: true })] })).toBe('main(g:abd)');
    expect(seen({ stages: [], steps: [step('a', 'g')] })).toBe('main()');
  });

  test('F23 a stage of an unknown lane stands at the end of the main one', () => {
    expect(seen({ stages: [stage('g', 'lost', { order: 'Z' }), stage('h', 'main')] })).toBe('main(h: g:)');
  });

  test('F23 a branch has one stage and a case one lane', () => {
    const state = { stages: [stage('g', 'main'), stage('h', 'l1'), stage('i', 'l1', { order: 'a1' }), stage('j', 'l2')], steps: [step('a', 'g'), step('b', 'h'), step('c', 'i'), step('d', 'j')] };
    expect(seen({ ...state, lanes: [lane('l1', 'a'), lane('l2', 'a')] })).toBe('main(g:a j:d) l1(h:bc)');
  });

  test('F23 a branch goes with its condition step, and comes back with it', () => {
    const state = { lanes: [lane('l1', 'a')], stages: [stage('g', 'main'), stage('h', 'l1')] };
    expect(seen({ ...state, steps: [step('a', 'g', { deleted: true }), step('b', 'h')] })).toBe('main(g:)');
    expect(seen({ ...state, steps: [step('a', 'g'), step('b', 'h')] })).toBe('main(g:a) l1(h:b)');
  });

  test('F23 two conditions moved into each other do not vanish', () => {
    const lanes = [lane('l1', 'a'), lane('l2', 'b')];
    expect(seen({ lanes, stages: [stage('g', 'main'), stage('h', 'l1'), stage('i', 'l2')], steps: [step('a', 'i'), step('b', 'h'), step('z', 'g')] })).toBe('main(g:za) l1(h:b) l2(i:)');
  });
});
