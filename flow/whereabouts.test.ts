import { expect, test } from 'vitest';
import { peopleOf, place, type Whereabouts } from './whereabouts';

const at = (id: string, user: string, since: string, where: Whereabouts['place'] = { page: 'elsewhere' }): Whereabouts => ({ id, user: { id: user, name: user }, place: where, since });
const flow = (title: string): Whereabouts['place'] => ({ page: 'flow', objectId: 'flw_1', title });

test('F39 a person with several pages is shown once, at the newest place that says something', () => {
  const people = peopleOf([at('a', 'bo', '3'), at('b', 'bo', '1', flow('Old')), at('c', 'bo', '2', flow('New')), at('d', 'eva', '4')]);
  expect(people.map((each) => [each.user.id, each.id])).toEqual([['eva', 'd'], ['bo', 'c']]);
});

test.each([
  [{ page: 'flow', objectId: 'flw_1', title: ' ' }], [{ page: 'flow', objectId: '../x', title: 'A' }], [{ page: 'run', objectId: 'flw_1', title: 'A' }],
  [{ page: 'elsewhere', title: 'A' }], [{ page: 'moon' }], [{ page: 'component', objectId: 'cmp_1', title: 'x'.repeat(201) }],
])('F39 a place that is none is refused: %j', (given) => {
  expect(place.safeParse(given).success).toBe(false);
});
