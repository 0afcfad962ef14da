import { describe, expect, test } from 'vitest';
import { parseDefinition } from './canonical';
import { problemsOf } from './check';
import type { FlowDefinition } from './flow';
import type { Json, JsonObject } from './json';
import { resolvePath } from './path';
import { schemasOf } from './propagate';
import { sampleContext, shortFlow, type ShortStep } from './testing-flow';

const found = (definition: FlowDefinition) => problemsOf(definition, sampleContext).map((each) => `${each.level === 'warning' ? 'w ' : ''}${each.stepId ?? '-'} ${each.code}${each.param ? ` ${each.param}` : ''}`);
const given: ShortStep = { id: 'in', type: 'get-raw-model', params: { model: '{"x":1,"name":"","when":"","ok":true,"rows":[{"v":1}],"o":{"p":1}}' } };
const answer: ShortStep = { id: 'out', type: 'write-response' };
/** Problems of one step between an input and a response. */
const between = (type: string, params: JsonObject, more: Partial<ShortStep> = {}) => found(shortFlow([given, { id: 's', type, params, ...more }, answer])).filter((each) => / ?s /.test(each));

describe('sources', () => {
  test('F14 a flow without faults has no problems', () => {
    expect(found(shortFlow([given, { id: 's', type: 'filter-source', params: { srcField: 'x', filterValue: { const: 1 } } }, answer]))).toEqual([]);
  });

  test('F14 an absent, a deleted and a later source are named at their port', () => {
    const flow = shortFlow([given, { id: 'a', type: 'distinct', sources: null }, { id: 'b', type: 'distinct', sources: { source: 'gone' } }, { id: 'c', type: 'distinct', sources: { source: 'd' } }, { id: 'd', type: 'distinct', sources: { source: 'd' } }, { id: 'j', type: 'join-models', sources: { left: 'in' }, params: { leftKey: 'x', rightKey: 'x' } }]);
    expect(found(flow).filter((each) => each.includes('SOURCE'))).toEqual(['a SOURCE_MISSING source', 'b SOURCE_MISSING source', 'c SOURCE_ORDER source', 'd SOURCE_ORDER source', 'j SOURCE_MISSING right']);
  });

  test('F14 a step cannot be joined with itself', () => {
    expect(found(shortFlow([given, { id: 'j', type: 'join-models', sources: { left: 'in', right: 'in' }, params: { leftKey: 'x', rightKey: 'x' } }, answer]))).toEqual(['j PARAM_INVALID right']);
  });

  test('F14 a problem names step, stage, place and remedy in both languages', () => {
    const [problem] = problemsOf(shortFlow([{ id: 'a', type: 'distinct', sources: null, name: 'Once' }]), sampleContext);
    expect(problem).toMatchObject({ code: 'SOURCE_MISSING', level: 'error', stepId: 'a', stageId: 'stg_1', param: 'source', message: '"Once" has no source. Choose the step it reads from.' });
    expect(problem?.text.fr).toContain('« Once »');
  });

  test('F18 a disabled step is not judged, but for a missing source somebody reads through it', () => {
    expect(found(shortFlow([given, { id: 's', type: 'filter-source', disabled: true }, answer]))).toEqual([]);
    expect(found(shortFlow([given, { id: 's', type: 'filter-source', disabled: true, sources: null }, answer]))).toEqual(['w in UNUSED_OUTPUT', 's SOURCE_MISSING source']);
    expect(found(shortFlow([given, { id: 's', type: 'filter-source', disabled: true, sources: null }, { ...answer, sources: { source: 'in' } }]))).toEqual([]);
  });
});

describe('parameters', () => {
  const cases: [string, string, JsonObject, string[]][] = [
    ['an empty required one', 'filter-source', {}, ['s PARAM_REQUIRED srcField', 's PARAM_REQUIRED filterValue']],
    ['one that is hidden', 'filter-source', { srcField: 'x', compareWithNull: true }, []],
    ['an order operator with null', 'filter-source', { srcField: 'x', operator: 'less', compareWithNull: true }, ['s PARAM_INVALID operator']],
    ['a choice there is not', 'filter-source', { srcField: 'x', operator: 'banana', filterValue: { const: 1 } }, ['s PARAM_INVALID operator']],
    ['an expression where only values go', 'filter-source', { srcField: 'x', filterValue: { expr: '1' } }, ['s PARAM_INVALID filterValue']],
    ['an unknown field', 'filter-source', { srcField: 'X', filterValue: { const: 1 } }, ['s FIELD_NOT_FOUND srcField']],
    ['an unknown field in a value', 'filter-source', { srcField: 'x', filterValue: { field: 'nope' } }, ['s FIELD_NOT_FOUND filterValue']],
    ['a broken path', 'filter-source', { srcField: 'x..y', filterValue: { const: 1 } }, ['s PARAM_INVALID srcField']],
    ['a path through the prototype', 'filter-source', { srcField: 'constructor', filterValue: { const: 1 } }, ['s PARAM_INVALID srcField']],
    ['a constant of another type', 'filter-source', { srcField: 'x', filterValue: { const: 'abc' } }, ['s TYPE_MISMATCH filterValue']],
    ['text for a boolean', 'filter-source', { srcField: 'ok', filterValue: { const: 'true' } }, ['s TYPE_MISMATCH filterValue']],
    ['"in" without a list', 'filter-source', { srcField: 'x', operator: 'in', filterValue: { const: 1 } }, ['s PARAM_INVALID filterValue']],
    ['a path inside an array of objects', 'filter-source', { srcField: 'rows[0].v', filterValue: { const: 1 } }, []],
    ['a scalar where an array is needed', 'extract-collection', { modelPath: 'x' }, ['s NOT_AN_ARRAY modelPath']],
    ['a key of several', 'distinct', { keys: ['x', 'nope'] }, ['s FIELD_NOT_FOUND keys[1]']],
    ['an empty mapping', 'transform-model', {}, ['s PARAM_REQUIRED fieldsMapping']],
    ['a target used twice', 'transform-model', { fieldsMapping: [{ target: 'a', value: { field: 'x' } }, { target: 'a', value: { field: 'x' } }] }, ['s PARAM_INVALID fieldsMapping[1].target']],
    ['a target inside another', 'transform-model', { fieldsMapping: [{ target: 'a', value: { field: 'x' } }, { target: 'a.b', value: { field: 'x' } }] }, ['s PARAM_INVALID fieldsMapping[1].target']],
    ['a system name in a new model', 'transform-model', { fieldsMapping: [{ target: 'id', value: { field: 'x' } }] }, []],
    ['a target that is no name', 'transform-model', { fieldsMapping: [{ target: '1a', value: { field: 'x' } }] }, ['s PARAM_INVALID fieldsMapping[0].target']],
    ['an unknown type after @', 'transform-model', { fieldsMapping: [{ target: 'a@money', value: { field: 'x' } }] }, ['s PARAM_INVALID fieldsMapping[0].target']],
    ['a prototype as a target', 'transform-model', { fieldsMapping: [{ target: '__proto__', value: { field: 'x' } }] }, ['s PARAM_INVALID fieldsMapping[0].target']],
    ['a row whose value is missing', 'transform-model', { fieldsMapping: [{ target: 'a', value: { field: 'x' } }, { target: 'b' }] }, ['s PARAM_INVALID fieldsMapping[1].value']],
    ['an unknown field in the third row', 'transform-model', { fieldsMapping: [{ target: 'a', value: { field: 'x' } }, { target: 'b', value: { const: 1 } }, { target: 'c', value: { field: 'q' } }] }, ['s FIELD_NOT_FOUND fieldsMapping[2].value']],
    ['a constant that cannot be its type', 'transform-model', { fieldsMapping: [{ target: 'a@number', value: { const: 'abc' } }] }, ['s TYPE_MISMATCH fieldsMapping[0].value']],
    ['a field that can never be its type', 'transform-model', { fieldsMapping: [{ target: 'a@number', value: { field: 'rows' } }] }, ['s TYPE_MISMATCH fieldsMapping[0].value']],
    ['an expression that cannot be read', 'transform-model', { fieldsMapping: [{ target: 'a', value: { expr: 'item.' } }] }, ['s PARAM_INVALID fieldsMapping[0].value']],
    ['a number out of range', 'import-file', { fileField: 'x', skipLines: -1, fieldsMapping: [{ target: 'a', value: { column: 1 } }] }, ['s PARAM_INVALID skipLines']],
    ['columns of a file named as fields', 'import-file', { fileField: 'x', fieldsMapping: [{ target: 'title', value: { field: 'whatever' } }] }, []],
    ['a system field and a name with dots from a file', 'import-file', { fileField: 'x', fieldsMapping: [{ target: 'name', value: { column: 1 } }, { target: 'a.b', value: { column: 2 } }, { target: 'A name', value: { column: 3 } }] }, ['s PARAM_INVALID fieldsMapping[0].target', 's PARAM_INVALID fieldsMapping[1].target', 's PARAM_INVALID fieldsMapping[2].target']],
    ['an expression for a column', 'import-file', { fileField: 'x', fieldsMapping: [{ target: 'a', value: { expr: '1' } }] }, ['s PARAM_INVALID fieldsMapping[0].value']],
    ['a quote between columns', 'import-file', { fileField: 'x', columnSeparator: '"', fieldsMapping: [{ target: 'a', value: { column: 1 } }] }, ['s PARAM_INVALID columnSeparator']],
    ['a line end between columns', 'export-to-file', { fileType: 'csv', fileName: { const: 'a' }, columnSeparator: '\n' }, ['s PARAM_INVALID columnSeparator']],
    ['keys that give one field', 'group-by', { keys: ['x', 'x'] }, ['s PARAM_INVALID keys[1]']],
    ['a value that no element has', 'calculate-array', { operations: [{ op: 'sum', arrayField: 'rows', valueField: 'w', resultField: 't' }] }, ['s FIELD_NOT_FOUND operations[0].valueField']],
    ['a value that each element has', 'calculate-array', { operations: [{ op: 'sum', arrayField: 'rows', valueField: 'v', resultField: 't' }] }, []],
    ['deleting by a value without a key', 'update-entry', { component: 'cmp_1', markForDeletion: { field: 'ok' } }, ['s PARAM_REQUIRED keyField']],
    ['a mark that is neither true nor false', 'update-entry', { component: 'cmp_1', keyField: 'x', markForDeletion: { const: 'maybe' } }, ['s TYPE_MISMATCH markForDeletion']],
    ['a system field as result', 'group-by', { keys: ['x'], itemsField: 'id' }, ['s PARAM_INVALID itemsField']],
    ['a result named as a key', 'group-by', { keys: ['x'], itemsField: 'x' }, ['s PARAM_INVALID itemsField']],
    ['a result that exists', 'simple-math', { operations: [{ left: { field: 'x' }, op: '+', right: { const: 1 }, resultField: 'x' }] }, ['w s FIELD_OVERWRITE operations[0].resultField']],
    ['a result of an earlier row', 'simple-math', { operations: [{ left: { field: 'x' }, op: '+', right: { const: 1 }, resultField: 'y' }, { left: { field: 'y' }, op: '*', right: { field: 'z' }, resultField: 'w' }] }, ['s FIELD_NOT_FOUND operations[1].right']],
    ['a row with holes', 'simple-math', { operations: [{ op: '+' }] }, ['s PARAM_REQUIRED operations[0].left', 's PARAM_REQUIRED operations[0].right', 's PARAM_REQUIRED operations[0].resultField']],
    ['a component there is not', 'update-entry', { component: 'cmp_9' }, ['s COMPONENT_NOT_FOUND component']],
    ['a component that stores nothing', 'update-entry', { component: 'cmp_proxy' }, ['s PARAM_INVALID component']],
    ['a target field there is not', 'update-entry', { component: 'cmp_1', fieldsMapping: [{ target: 'data.price', value: { field: 'x' } }, { target: 'weight', value: { field: 'x' } }, { target: 'id', value: { field: 'x' } }] }, ['s FIELD_NOT_FOUND fieldsMapping[1].target', 's PARAM_INVALID fieldsMapping[2].target']],
    ['a value its target field cannot take', 'update-entry', { component: 'cmp_1', fieldsMapping: [{ target: 'price', value: { field: 'rows' } }] }, ['s TYPE_MISMATCH fieldsMapping[0].value']],
    ['deleting without a key', 'update-entry', { component: 'cmp_1', markForDeletion: true }, ['s PARAM_REQUIRED keyField']],
    ['a workflow there is not', 'execute-workflow', { component: 'cmp_1', workflow: 'flw_9' }, ['s FLOW_NOT_FOUND workflow']],
    ['a dataflow where a workflow goes', 'execute-workflow', { component: 'cmp_1', workflow: 'flw_data' }, ['s FLOW_NOT_FOUND workflow']],
    ['a workflow of another component', 'execute-workflow', { component: 'cmp_proxy', workflow: 'flw_done' }, ['s FLOW_NOT_FOUND workflow']],
    ['a workflow never published', 'execute-workflow', { component: 'cmp_1', workflow: 'flw_draft' }, ['s NOT_PUBLISHED workflow']],
    ['a workflow that is published', 'execute-workflow', { component: 'cmp_1', workflow: 'flw_done' }, []],
  ];
  test.each(cases)('F15 %s is judged at its place', (_title, type, params, problems) => {
    expect(between(type, params)).toEqual(problems);
  });

  test('F60 a field that is not there is told with the one that is plainly meant, at any depth', () => {
    const given = { id: 'in', type: 'get-raw-model', params: { model: '{"rain_total":1,"place":{"city":"Oslo"}}' } };
    const meant = (params: JsonObject) => problemsOf(shortFlow([given, { id: 's', type: 'filter-source', params: { operator: 'equal', filterValue: { const: 1 }, ...params } }, answer]), sampleContext).map((each) => each.instead);
    expect(meant({ srcField: 'total_rain' })).toEqual([{ was: 'total_rain', use: 'rain_total' }]);
    expect(meant({ srcField: 'place.City' })).toEqual([{ was: 'place.City', use: 'place.city' }]);
    expect(meant({ srcField: 'rain_total', filterValue: { field: 'raintotal' } })).toEqual([{ was: 'raintotal', use: 'rain_total' }]);
    expect(meant({ srcField: 'snow' })).toEqual([undefined]);
  });

  test('F15 an untyped model makes unknown fields a warning', () => {
    const flow = shortFlow([{ id: 'in', type: 'get-raw-model' }, { id: 's', type: 'filter-source', params: { srcField: 'a.b', filterValue: { const: 1 } } }, answer]);
    expect(found(flow)).toEqual(['w s FIELD_NOT_FOUND srcField']);
  });

  test('F15 a join looks for each field on its side', () => {
    const flow = (map: Json) => shortFlow([given, { id: 'r', type: 'transform-model', params: { fieldsMapping: [{ target: 'city', value: { const: 'Oslo' } }] } }, { id: 's', type: 'join-models', sources: { left: 'in', right: 'r' }, params: { leftKey: 'x', rightKey: 'city', map } }, answer]);
    expect(found(flow([{ target: 'city', value: { field: 'right.city' } }, { target: 'x', value: { field: 'left.x' } }]))).toEqual(['w s FIELD_OVERWRITE map[1].target']);
    expect(found(flow([{ target: 'a', value: { field: 'x' } }, { target: 'id', value: { field: 'city' } }]))).toEqual(['s FIELD_NOT_FOUND map[0].value', 's PARAM_INVALID map[1].target']);
  });

  test('F15 model text that is not JSON, or too deep, is a PARSE_ERROR', () => {
    expect(found(shortFlow([{ ...given, params: { model: '{' } }, answer]))).toEqual(['in PARSE_ERROR model']);
    expect(found(shortFlow([{ ...given, params: { model: `${'['.repeat(50_000)}${']'.repeat(50_000)}` } }, answer]))).toEqual(['in PARSE_ERROR model']);
  });
});

describe('the whole flow', () => {
  test('F16 only one step takes the caller’s model', () => {
    expect(found(shortFlow([given, answer, { id: 'two', type: 'get-empty-model' }, { id: 'out2', type: 'write-response', sources: { source: 'two' } }]))).toEqual(['two STEP_NOT_ALLOWED_HERE']);
    expect(found(shortFlow([{ ...given, disabled: true }, { id: 'two', type: 'get-empty-model' }, { ...answer, sources: { source: 'two' } }]))).toEqual([]);
  });

  test('F16 a pure step nobody reads and a caller without answer are warnings', () => {
    expect(found(shortFlow([given, { id: 's', type: 'distinct' }]))).toEqual(['w s UNUSED_OUTPUT', 'w - RESPONSE_MISSING']);
    expect(found(shortFlow([{ id: 'in', type: 'get-empty-model' }, { id: 's', type: 'export-to-file', params: { fileName: { const: 'a' } } }]))).toEqual([]);
    expect(found(shortFlow([{ id: 'in', type: 'get-empty-model' }, { id: 's', type: 'export-to-file', params: { fileName: { const: 'a' } } }], 'dataflow', { settings: { generateApi: true } }))).toEqual(['w - RESPONSE_MISSING']);
  });

  test('F16 the second step of a name is told so', () => {
    expect(found(shortFlow([{ ...given, name: 'Same' }, { ...answer, name: 'Same' }]))).toEqual(['out PARAM_INVALID name']);
  });

  test('F16 a flow whose component is gone says so', () => {
    expect(problemsOf(shortFlow([given, answer]), { ...sampleContext, componentId: 'cmp_9' }).map((each) => each.code)).toEqual(['COMPONENT_NOT_FOUND']);
  });

  test('F17 behind a finish nothing runs, and what is changed wants storing', () => {
    const set = (id: string, params: JsonObject): ShortStep => ({ id, type: 'update-model-field', params });
    expect(found(shortFlow([set('a', { modelField: 'state', value: 1 }), { id: 'u', type: 'update-model' }, set('b', { modelField: 'data.note', sourceField: 'user_name' }), { id: 'f', type: 'finish' }, { id: 'c', type: 'update-model' }], 'workflow')))
      .toEqual(['w c UNREACHABLE_STEP']);
    expect(found(shortFlow([set('a', { modelField: 'state', value: 1 })], 'workflow'))).toEqual(['w a UNUSED_OUTPUT']);
  });

  test('F17 fields of a workflow are those of its component, with or without "data."', () => {
    const set = (params: JsonObject) => found(shortFlow([{ id: 's', type: 'update-model-field', params }, { id: 'u', type: 'update-model' }], 'workflow'));
    expect(set({ modelField: 'nope', value: 1 })).toEqual(['s FIELD_NOT_FOUND modelField']);
    expect(set({ modelField: 'id', value: 1 })).toEqual(['s PARAM_INVALID modelField']);
    expect(set({ modelField: 'state', value: 'x' })).toEqual(['s TYPE_MISMATCH value']);
    expect(set({ modelField: 'state', value: 9 })).toEqual(['s VALIDATION_FAILED value']);
    expect(set({ modelField: 'state' })).toEqual(['s PARAM_REQUIRED value']);
    expect(set({ modelField: 'state', value: null })).toEqual([]);
    expect(set({ modelField: 'note', value: 'a', sourceField: 'user_name' })).toEqual(['w s PARAM_INVALID value']);
  });
});

describe('models between steps', () => {
  test('F19 a field carries the step it came from', () => {
    const flow = shortFlow([given, { id: 's', type: 'simple-math', params: { operations: [{ left: { field: 'x' }, op: '+', right: { const: 1 }, resultField: 'y' }] } }, { id: 'g', type: 'group-by', params: { keys: ['y'] } }]);
    const schemas = schemasOf(flow, sampleContext);
    expect(schemas.get('s')?.fields).toMatchObject({ x: { type: 'integer', origin: 'in' }, y: { type: 'number', origin: 's' } });
    expect(schemas.get('g')).toMatchObject({ cardinality: 'many', open: false, fields: { y: { origin: 's' }, items: { origin: 'g', type: 'array', items: { fields: { x: { origin: 'in' } } } } } });
  });

  test('F19 items that failed and went on have $error', () => {
    const flow = shortFlow([given, { id: 's', type: 'simple-math', onError: 'continue', params: { operations: [{ left: { field: 'x' }, op: '/', right: { const: 0 }, resultField: 'y' }] } }, { id: 'f', type: 'filter-source', params: { srcField: '$error.code', compareWithNull: true } }, answer]);
    expect(schemasOf(flow, sampleContext).get('f')?.fields['$error']).toMatchObject({ origin: 's' });
    expect(found(flow)).toEqual([]);
  });

  test('F19 a disabled step passes its source on', () => {
    const schemas = schemasOf(shortFlow([given, { id: 's', type: 'group-by', disabled: true }, answer]), sampleContext);
    expect(schemas.get('s')).toEqual(schemas.get('in'));
  });
});

describe('policies', () => {
  test('F40 a pause that ends before it begins and a step that may outlast its run are problems, named by their place', () => {
    const flow = shortFlow([given, { ...answer, retry: { attempts: 2, backoffMs: 5_000, maxBackoffMs: 1_000 }, timeoutMs: 120_000 }]);
    const found = problemsOf({ ...flow, settings: { timeoutMs: 60_000 } }, sampleContext).filter((each) => each.code === 'PARAM_INVALID');
    expect(found.map((each) => [each.param, each.level])).toEqual([['retry.maxBackoffMs', 'error'], ['timeoutMs', 'error']]);
    expect(problemsOf(shortFlow([given, { ...answer, retry: { attempts: 2, backoffMs: 600_000 }, timeoutMs: 120_000 }]), sampleContext).filter((each) => each.code === 'PARAM_INVALID')).toEqual([]);
  });
});

describe('size', () => {
  const chain = (length: number) => parseDefinition({
    schema: 1, kind: 'dataflow', name: 'Chain', lanes: [{ id: 'main', stages: [{ id: 'g', name: 'All', steps: Array.from({ length }, (_, place) => (place === 0
      ? { id: 's0', type: 'get-raw-model', name: 'In', params: { model: '{"a":1}' } }
      : { id: `s${place}`, type: 'simple-math', name: `Step ${place}`, sources: { source: `s${place - 1}` }, params: { operations: [{ left: { field: 'a' }, op: '+', right: { const: 1 }, resultField: `f${place}` }] } })) }] }],
  });

  /** Processor time, so that a busy machine does not count. */
  const cost = (length: number): number => {
    const parsed = chain(length);
    if (!parsed.ok) throw new Error(parsed.issues[0]?.message);
    const started = process.cpuUsage();
    expect(problemsOf(parsed.definition, sampleContext).map((each) => each.code)).toEqual(['UNUSED_OUTPUT', 'RESPONSE_MISSING']);
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };

  test('F13 judging a chain of steps that each add a field costs in proportion to its length', () => {
    cost(500);
    expect(cost(2_400) / cost(600)).toBeLessThan(10);
  });

  test('F13 more than 10,000 steps are no definition', () => {
    const parsed = chain(10_001);
    expect(!parsed.ok && parsed.issues[0]?.path).toBe('lanes[0].stages[0].steps');
  });
});

describe('what steps give', () => {
  const given = { id: 'in', type: 'get-raw-model', params: { model: '{"o":{"rows":[{"v":1}],"x":1}}' } };
  const typeAt = (steps: ShortStep[], id: string, path: string) => {
    const schema = schemasOf(shortFlow(steps), sampleContext).get(id);
    const resolved = schema ? resolvePath(schema, path) : undefined;
    return resolved?.found ? resolved.field.type : (resolved?.certain ?? null);
  };

  test('F19 the parent of a flattened element has all but the array', () => {
    const steps = [given, { id: 's', type: 'select-many', params: { modelPath: 'o.rows' } }];
    expect(['v', '$parent.o.x', '$parent.o.rows'].map((path) => typeAt(steps, 's', path))).toEqual(['integer', 'integer', true]);
  });

  test('F19 the least and the most are of the values’ type', () => {
    const dated = { id: 'd', type: 'transform-model', params: { fieldsMapping: [{ target: 'day@date', value: { const: '2026-01-31' } }, { target: 'n@number', value: { const: 1 } }, { target: 't', value: { const: 'x' } }] } };
    const group = { id: 'g', type: 'group-by', params: { keys: ['t'] } };
    const total = (op: string, valueField: string) => typeAt([given, dated, group, { id: 's', type: 'calculate-array', params: { operations: [{ op, arrayField: 'items', valueField, resultField: 'r' }] } }], 's', 'r');
    expect([total('max', 'day'), total('min', 'n'), total('min', 't'), total('sum', 'n'), total('average', 'n')]).toEqual(['date', 'number', 'unknown', 'number', 'number']);
  });
});
