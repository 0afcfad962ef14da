import { newId } from '#flow/id';
import { colourOf, peopleColours } from '#flow/presence';

const mostTries = 200; // every colour comes up within a few

/**
 * The id of somebody who joins a team. The colour of a person follows from the id, on every screen, so the id is chosen for
 * a colour that fewest of the team have: the first six people of a team are told apart at a glance.
 */
export function newPersonId(team: readonly string[]): string {
  const colours = team.map(colourOf);
  const shares = peopleColours.map((colour) => colours.filter((each) => each === colour).length);
  const rarest = peopleColours.filter((_, at) => shares[at] === Math.min(...shares));
  let id = newId('usr');
  for (let tries = 1; tries < mostTries && !rarest.some((colour) => colour === colourOf(id)); tries++) id = newId('usr');
  return id;
}
