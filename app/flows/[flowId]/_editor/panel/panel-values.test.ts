import { describe, expect, it } from 'vitest';
import { parseConstant, showConstant } from './constant';
import { matching, pathsOf } from './model-paths';

describe('constants', () => {
  it('read as JSON where the type is open and as text where the field is text', () => {
    expect(['0', '-1.5', 'true', 'null', '[1]', '"7"', 'rain', '2012-01-01', '{a'].map((text) => parseConstant(text, undefined))).toEqual([0, -1.5, true, null, [1], '7', 'rain', '2012-01-01', '{a']);
    expect(parseConstant('7', 'string')).toBe('7');
    expect(parseConstant('7', 'number')).toBe(7);
  });
  it('come back the same after being shown', () => {
    for (const value of [0, 'rain', '7', 'true', null, [1, 'a'], { a: 1 }, '"quoted"', false]) expect(parseConstant(showConstant(value, undefined), undefined)).toEqual(value);
  });
});

describe('paths of a model', () => {
  const paths = pathsOf({ cardinality: 'many', open: false, fields: { 'a.b': { type: 'string' }, owner: { type: 'catalog' }, data: { type: 'object', fields: { rain: { type: 'number', title: 'Precipitation' } } } } });
  it('quote names that hold dots and go into objects and references', () => {
    expect(paths.map((each) => each.path)).toEqual(['["a.b"]', 'owner', 'owner.id', 'owner.name', 'data', 'data.rain']);
  });
  it('match by beginning first, then by segment, then by title', () => {
    expect(matching(paths, 'ra').map((each) => each.path)).toEqual(['data.rain']);
    expect(matching(paths, 'precip').map((each) => each.path)).toEqual(['data.rain']);
    expect(matching(paths, 'o').map((each) => each.path)[0]).toBe('owner');
  });
});
