import { expect, test } from 'vitest';
import { colourOf, peopleColours } from '#flow/presence';
import { newPersonId } from './person-id';

test('the first six people of a team have six colours, the next six again', () => {
  const team: string[] = [];
  for (let size = 1; size <= 12; size++) {
    team.push(newPersonId(team));
    if (size % peopleColours.length === 0) expect(new Set(team.slice(-peopleColours.length).map(colourOf)).size).toBe(peopleColours.length);
  }
});

test('where a colour became rare again, whoever comes next has it', () => {
  const ofColour = (colour: string) => Array.from({ length: 200 }, () => newPersonId([])).find((id) => colourOf(id) === colour) ?? '';
  const team = peopleColours.slice(1).map(ofColour);
  expect(colourOf(newPersonId(team))).toBe(peopleColours[0]);
});
