import { describe, expect, it } from 'vitest';
import type { FlowDefinition } from '#flow/flow';
import { formValues, inputOf } from './run-input';

const flow = (type: string, params?: { model: string }): FlowDefinition => ({
  schema: 1, kind: 'dataflow', name: 'F', lanes: [{ id: 'main', stages: [{ id: 's', name: 'S', steps: [{ id: 'a', type, name: 'A', ...(params ? { params } : {}) }] }] }],
});

describe('the input a run asks for', () => {
  it('is the declared model, with a field for each file in it', () => {
    expect(inputOf(flow('get-raw-model', { model: '{"file":{"id":""},"year":2012}' }))).toEqual({ kind: 'raw', sample: '{\n  "file": {\n    "id": ""\n  },\n  "year": 2012\n}', files: ['file'] });
  });
  it('is an example when the model is a JSON Schema', () => {
    expect(inputOf(flow('get-raw-model', { model: '{"type":"object","properties":{"n":{"type":"number"},"s":{"type":"string"}}}' }))).toMatchObject({ sample: '{\n  "n": 0,\n  "s": ""\n}', files: [] });
  });
  it('is a form, an entry or nothing by what starts the flow', () => {
    expect(inputOf(flow('get-action-model')).kind).toBe('form');
    expect(inputOf({ ...flow('finish'), kind: 'workflow' }).kind).toBe('entry');
    expect(inputOf(flow('get-empty-model')).kind).toBe('none');
  });
  it('has the types of the fields', () => {
    const fields = [{ name: 'n', title: 'N', type: 'number' as const }, { name: 'b', title: 'B', type: 'boolean' as const }, { name: 'e', title: 'E', type: 'integer' as const, enum: [{ value: 1, label: 'One' }] }, { name: 'f', title: 'F', type: 'file' as const }, { name: 's', title: 'S', type: 'string' as const }];
    expect(formValues(fields, { n: '2.5', b: 'true', e: '1' }, {})).toEqual({ n: 2.5, b: true, e: 1, s: null });
  });
});
