/** The pages of the sidebar and the palette, in their order. Labels are `shell.place.<key>`. */
export const places = [
  { key: 'home', href: '/', icon: 'house' },
  { key: 'inbox', href: '/inbox', icon: 'inbox' },
  { key: 'runs', href: '/runs', icon: 'play' },
  { key: 'people', href: '/people', icon: 'users' },
  { key: 'steps', href: '/steps', icon: 'blocks' },
  { key: 'settings', href: '/settings', icon: 'sliders-horizontal' },
] as const;
export type Place = (typeof places)[number];

export function isAt(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
