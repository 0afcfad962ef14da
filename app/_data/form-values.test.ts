import { describe, expect, it } from 'vitest';
import type { ComponentField } from '#flow/component-model';
import { validateEntry } from '#flow/entry-validation';
import { changedData, dataOf, draftOf, numberOf } from './form-values';

const fields: ComponentField[] = [
  { name: 'title', title: 'Title', type: 'string' }, { name: 'price', title: 'Price', type: 'number' },
  { name: 'state', title: 'State', type: 'integer', enum: [{ value: 0, label: 'New' }, { value: 1, label: 'Sold' }] },
  { name: 'ok', title: 'OK', type: 'boolean' }, { name: 'at', title: 'At', type: 'datetime' }, { name: 'day', title: 'Day', type: 'date' },
  { name: 'clock', title: 'Clock', type: 'time' }, { name: 'site', title: 'Site', type: 'uri' },
  { name: 'dealer', title: 'Dealer', type: 'catalog', componentId: 'cmp_d' },
  { name: 'tags', title: 'Tags', type: 'array', items: { type: 'integer' } }, { name: 'parts', title: 'Parts', type: 'array', items: { type: 'object' } },
  { name: 'photo', title: 'Photo', type: 'file' },
];
const data = {
  title: ' kept as typed ', price: 12.5, state: 0, ok: false, at: '2026-01-31T08:30:00.000Z', day: '2026-01-31', clock: '08:30:00', site: 'https://example.com/',
  dealer: { id: 4 }, tags: [1, 2], parts: [{ a: [1] }], photo: { id: 'fil_1', name: 'a.png', size: 3, mimeType: 'image/png' },
};

describe('an entry in a form', () => {
  it('comes back as it was for every field type, and the entry rule accepts it', () => {
    const back = dataOf(fields, draftOf(fields, data));
    expect(back).toEqual(data);
    expect(validateEntry(fields, back, 'create')).toMatchObject({ ok: true });
  });
  it('sends only the fields a person changed', () => {
    const draft = { ...draftOf(fields, data), price: '13', tags: ['1', ' ', '3'] };
    expect(changedData(fields, data, draft)).toEqual({ price: 13, tags: [1, 3] });
    expect(changedData(fields, data, draftOf(fields, data))).toEqual({});
  });
  it('sends text that is no number as it is, so that the rule can quote it', () => {
    expect(dataOf(fields, { price: '12 rue' })['price']).toBe('12 rue');
  });
  it('reads numbers as people write them in both languages', () => {
    expect(['1234.5', '1 234,5', '1,234.5', '1,234', '0,5', '.5', '-3', '1e3'].map(numberOf)).toEqual([1234.5, 1234.5, 1234.5, 1234, 0.5, 0.5, -3, 1000]);
    expect(['', '1.2.3', 'abc', '1,2,3'].map(numberOf)).toEqual([null, null, null, null]);
  });
});
