import type { LinkShape } from './layout';

/** How a link is drawn. */
export type LinkLook = { link: LinkShape; state: string; on: boolean; through: boolean };
export type Bundle = Omit<LinkLook, 'link'> & { key: string; path: string };

/** Links that look the same as one path, in the order in which the first of each look comes. */
export function together(looks: readonly LinkLook[]): Bundle[] {
  const bundles = new Map<string, { look: LinkLook; paths: string[] }>();
  for (const look of looks) {
    const key = `${look.state} ${look.on} ${look.through}`;
    const known = bundles.get(key);
    if (known) known.paths.push(look.link.path);
    else bundles.set(key, { look, paths: [look.link.path] });
  }
  return [...bundles].map(([key, { look: { state, on, through }, paths }]) => ({ key, state, on, through, path: paths.join('') }));
}
