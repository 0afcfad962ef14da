import { describe, expect, it } from 'vitest';
import { componentField, type ComponentField } from '#flow/component-model';
import { enumText, move, nameFrom, parseEnum, troubleOf, withSetting, withType } from './model-draft';

describe('a field of the model', () => {
  const state: ComponentField = { name: 'state', title: 'State', type: 'integer', required: true, min: 0, max: 9, enum: [{ value: 0, label: 'Under review' }, { value: 1, label: '1' }] };
  it('writes its choices one per line and reads them back with the type of the field', () => {
    expect(enumText(state.enum)).toBe('0|Under review\n1');
    expect(parseEnum(enumText(state.enum), 'integer')).toEqual(state.enum);
    expect(parseEnum('0|Zero', 'string')).toEqual([{ value: '0', label: 'Zero' }]);
    expect(parseEnum(' \n', 'string')).toBeUndefined();
  });
  it('keeps what another type shares and stays valid for every type', () => {
    expect(withType(state, 'number')).toEqual({ ...state, type: 'number' });
    expect(withType(state, 'date')).toEqual({ name: 'state', title: 'State', type: 'date', required: true });
    for (const type of ['string', 'boolean', 'array', 'file', 'uri', 'time'] as const) expect(componentField.safeParse(withType(state, type)).success).toBe(true);
  });
  it('never stores a default', () => {
    expect(withSetting(withSetting(state, 'required', false), 'enum', undefined)).toEqual({ name: 'state', title: 'State', type: 'integer', min: 0, max: 9 });
    expect(withSetting(state, 'title', '').title).toBe('');
  });
  it('gets a system name from its label, one that is free', () => {
    expect([nameFrom('Durée (min)', []), nameFrom('2nd choice', []), nameFrom('Year', ['year', 'year_2'])]).toEqual(['duree_min', 'field_2nd_choice', 'year_3']);
  });
  it('moves among its neighbours', () => {
    expect([move(['a', 'b', 'c'], 0, 2), move(['a', 'b', 'c'], 2, 0)]).toEqual([['b', 'c', 'a'], ['c', 'a', 'b']]);
  });
});

describe('a refused model', () => {
  it('tells faults of fields from entries that do not fit', () => {
    const text = { en: 'twice', fr: 'en double' };
    const trouble = troubleOf([{ path: 'fields[1].name', message: 'twice', text }, { path: 'fields.0.title', message: 'empty' }, { entryId: 7, field: 'year', message: 'required' }], 'fr');
    expect([...trouble.byField]).toEqual([[1, [{ setting: 'name', message: 'en double' }]], [0, [{ setting: 'title', message: 'empty' }]]]);
    expect(trouble.entries).toEqual([{ entryId: 7, field: 'year', message: 'required' }]);
  });
});
