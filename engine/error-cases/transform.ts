import { designCase, runCase, stepCase, type ErrorCase } from './error-case';
import { aStep } from '../testing';

const joined = { leftKey: 'k', rightKey: 'k', map: [] };
const operation = (op: string, left: unknown = 1, right: unknown = 0) => ({ operations: [{ left: { const: left as never }, op, right: { const: right as never }, resultField: 'c' }] });
const total = (arrayField: string, valueField = '') => ({ operations: [{ op: 'sum', arrayField, valueField, resultField: 't' }] });

export const transformCases: ErrorCase[] = [
  designCase('dataflow/transform-model', 'PARAM_REQUIRED', 'nothing is mapped', {}),
  designCase('dataflow/transform-model', 'PARAM_INVALID', 'a target is set twice', { fieldsMapping: [{ target: 'a', value: { const: 1 } }, { target: 'a', value: { const: 2 } }] }),
  designCase('dataflow/transform-model', 'PARAM_INVALID', 'a target lies inside another', { fieldsMapping: [{ target: 'a', value: { const: 1 } }, { target: 'a.b', value: { const: 2 } }] }),
  stepCase('dataflow/transform-model', 'TYPE_MISMATCH', 'a value is not of the declared type', { fieldsMapping: [{ target: 'n@number', value: { field: 'x' } }] }, { source: [{ x: 'many' }] }),

  designCase('dataflow/join-models', 'SOURCE_MISSING', 'a side has no step', joined, { flow: [{ id: 'a', type: 'get-raw-model' }, { id: 'tested', type: 'join-models', sources: { left: 'a' }, params: joined }] }),
  designCase('dataflow/join-models', 'PARAM_INVALID', 'both sides are one step', joined, { flow: [{ id: 'a', type: 'get-raw-model' }, { id: 'tested', type: 'join-models', sources: { left: 'a', right: 'a' }, params: joined }] }),
  stepCase('dataflow/join-models', 'TYPE_MISMATCH', 'a left key is an object', joined, { left: [{ k: { a: 1 } }], right: [{ k: 1 }] }),
  stepCase('dataflow/join-models', 'TYPE_MISMATCH', 'a right key is an array', joined, { left: [{ k: 1 }], right: [{ k: [1] }] }),
  stepCase('dataflow/join-models', 'LIMIT_EXCEEDED', 'the product is beyond 100,000 items', joined, { left: Array.from({ length: 400 }, () => ({ k: 1 })), right: Array.from({ length: 400 }, () => ({ k: 1 })) }),

  ...['extract-collection', 'select-many'].flatMap((id) => [
    stepCase(`dataflow/${id}`, 'NOT_AN_ARRAY', 'the value is no array', { modelPath: 'rows' }, { source: [{ rows: 5 }] }),
    designCase(`dataflow/${id}`, 'NOT_AN_ARRAY', 'the field is declared as something else', { modelPath: 'rows' }, { model: { rows: 'text' } }),
    designCase(`dataflow/${id}`, 'FIELD_NOT_FOUND', 'the model has no such field', { modelPath: 'lines' }, { model: { rows: [] } }),
  ]),

  stepCase('dataflow/filter-source', 'TYPE_MISMATCH', 'the two have no order', { srcField: 's', operator: 'greater', filterValue: { const: 3 } }, { source: [{ s: 'a' }] }),
  designCase('dataflow/filter-source', 'TYPE_MISMATCH', 'the constant is not of the field’s type', { srcField: 's', operator: 'greater', filterValue: { const: 'x' } }, { model: { s: 1 } }),
  designCase('dataflow/filter-source', 'PARAM_INVALID', 'null has no order', { srcField: 's', operator: 'greater', compareWithNull: true }, { model: { s: 1 } }),

  designCase('dataflow/group-by', 'PARAM_REQUIRED', 'there is no key', {}),
  stepCase('dataflow/group-by', 'TYPE_MISMATCH', 'a key is an object', { keys: ['k'] }, { source: [{ k: { a: 1 } }] }),
  runCase('dataflow/group-by', 'LIMIT_EXCEEDED', 'a group is larger than 5 MB', (lab) => lab.run(
    [aStep('given', 'get-raw-model'), aStep('rows', 'extract-collection', { modelPath: 'rows' }, 'given'), aStep('group', 'group-by', { keys: ['k'] }, 'rows')],
    { input: { rows: Array.from({ length: 60 }, () => ({ k: 1, text: 'x'.repeat(100_000) })) } })),

  stepCase('dataflow/calculate-array', 'NOT_AN_ARRAY', 'the value is no array', total('rows'), { source: [{ rows: 5 }] }),
  stepCase('dataflow/calculate-array', 'TYPE_MISMATCH', 'an element is no number', total('rows'), { source: [{ rows: [1, 'many'] }] }),
  designCase('dataflow/calculate-array', 'PARAM_REQUIRED', 'there is no operation', { operations: [] }),

  stepCase('dataflow/simple-math', 'DIVISION_BY_ZERO', 'the right is zero', operation('/'), { source: [{}] }),
  stepCase('dataflow/simple-math', 'TYPE_MISMATCH', 'an operand is no number', operation('+', 'many', 1), { source: [{}] }),
  stepCase('dataflow/simple-math', 'TYPE_MISMATCH', 'an operand is no truth value', operation('AND', 'maybe', 1), { source: [{}] }),
  stepCase('dataflow/simple-math', 'TYPE_MISMATCH', 'the result is beyond a number', operation('*', 1e300, 1e300), { source: [{}] }),
  designCase('dataflow/simple-math', 'PARAM_REQUIRED', 'there is no operation', { operations: [] }),
];
