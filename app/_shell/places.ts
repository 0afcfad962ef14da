import { allows, roles, type Right } from '#db/access';

/** The pages of the sidebar and the palette, in their order. Labels are `shell.place.<key>`. */
export const places = [
  { key: 'home', href: '/', icon: 'house' },
  { key: 'inbox', href: '/inbox', icon: 'inbox' },
  { key: 'runs', href: '/runs', icon: 'play' },
  { key: 'integrations', href: '/integrations', icon: 'plug', right: 'integrations.manage' },
  { key: 'people', href: '/people', icon: 'users' },
  { key: 'steps', href: '/steps', icon: 'blocks' },
  { key: 'apiReference', href: '/api-reference', icon: 'book-open' },
  { key: 'settings', href: '/settings', icon: 'sliders-horizontal' },
] as const;
export type Place = (typeof places)[number];

/** Those that somebody of this role may open; without a role, those that everybody may. */
export function placesFor(role: string | undefined): readonly Place[] {
  const needed = (place: Place): Right | null => ('right' in place ? place.right : null);
  return places.filter((place) => {
    const right = needed(place);
    const known = roles.find((each) => each === role);
    return right === null || (known !== undefined && allows(known, right));
  });
}

export function isAt(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
