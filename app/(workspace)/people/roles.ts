import type { Role } from '#db/access';

/** The roles as the browser needs them: what the server lets a person of `mine` give. */
const all: readonly Role[] = ['owner', 'admin', 'editor', 'operator', 'viewer'];

export function rolesGivenBy(mine: Role): readonly Role[] {
  if (mine === 'owner') return all;
  return mine === 'admin' ? all.filter((each) => each !== 'owner') : [];
}
