import { describe, expect, it } from 'vitest';
import type { ComponentField } from '#flow/component-model';
import { filterable, filterJson, readQuery, toggleSort, writeQuery, type EntryQuery } from './entry-query';

const fields: ComponentField[] = [
  { name: 'vin', title: 'VIN', type: 'string', query: true }, { name: 'year', title: 'Year', type: 'integer', query: true },
  { name: 'state', title: 'State', type: 'integer', enum: [{ value: 1, label: 'Sold' }], query: true }, { name: 'notes', title: 'Notes', type: 'string' },
  { name: 'photo', title: 'Photo', type: 'file', query: true },
];

describe('the query of the grid', () => {
  it('survives its own address and leaves the rest of the address alone', () => {
    const query: EntryQuery = { q: 'a&b', sort: '-year,vin', filters: [{ field: 'year', operator: 'greaterOrEqual', text: '2021' }, { field: 'vin', operator: 'startsWith', text: 'V:1' }], states: ['failed', 'none'] };
    const address = new URLSearchParams(writeQuery(new URLSearchParams('entry=4&q=old'), query));
    expect(readQuery(address, fields)).toEqual(query);
    expect([address.get('entry'), address.get('state')]).toEqual(['4', 'failed,none']);
    expect(readQuery(new URLSearchParams('state=failed,broken,,failed'), fields).states).toEqual(['failed']);
  });
  it('drops filters of fields or operators that are not there', () => {
    expect(readQuery(new URLSearchParams('f.colour=equal:red&f.year=contains:2'), fields).filters).toEqual([]);
  });
  it('gives typed constants under the paths of the entry model', () => {
    const filters = readQuery(new URLSearchParams('f.year=less:2 021&f.state=equal:1'), fields).filters;
    expect(filterJson(filters, fields)).toEqual({ all: [
      { field: 'data.year', operator: 'less', value: { const: 2021 } }, { field: 'data.state', operator: 'equal', value: { const: 1 } },
    ] });
    expect(filterJson([], fields)).toBeNull();
  });
  it('offers Query fields, or all while none is flagged, and never files', () => {
    expect(filterable(fields).map((field) => field.name)).toEqual(['vin', 'year', 'state']);
    expect(filterable(fields.map(({ query: _query, ...field }) => field)).map((field) => field.name)).toEqual(['vin', 'year', 'state', 'notes']);
  });
  it('sorts up, down and not at all, alone or behind other columns', () => {
    expect(['', 'year', '-year'].map((sort) => toggleSort(sort, 'year', false))).toEqual(['year', '-year', '']);
    expect(['vin', 'vin,year', 'vin,-year'].map((sort) => toggleSort(sort, 'year', true))).toEqual(['vin,year', 'vin,-year', 'vin']);
  });
});
