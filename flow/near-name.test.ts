import { expect, test } from 'vitest';
import { nearName } from './near-name';

test.each([
  ['total_rain', ['month', 'rain_total', 'warmest'], 'rain_total'],
  ['totalRain', ['rain_total', 'rain'], 'rain_total'],
  ['City', ['city', 'country'], 'city'],
  ['e_mail', ['email', 'name'], 'email'],
  ['precipitaton', ['precipitation', 'date'], 'precipitation'],
  ['wnid', ['wind', 'date'], 'wind'],
  ['prec', ['precipitation', 'date'], 'precipitation'],
  ['température', ['temperature', 'date'], 'temperature'],
])('F60 %s among %j means %s', (wanted, names, meant) => {
  expect(nearName(wanted, names)).toBe(meant);
});

test.each([
  ['rain', ['temp_max', 'temp_min', 'date']],
  ['temp', ['temp_max', 'temp_min']],
  ['a', ['b', 'c']],
  ['id', ['is', 'in']],
  ['x', []],
  ['', ['a']],
  ['n'.repeat(5_000), ['m'.repeat(5_000)]],
])('F60 %s among %j means none of them', (wanted, names) => {
  expect(nearName(wanted, names)).toBeNull();
});
