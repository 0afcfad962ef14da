import { isJsonObject, type Json } from './json';
import { text, type Text } from './text';

/** The ids of people a field holds: a reference, an id, or a list of either. */
export function userIdsIn(value: Json): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(userIdsIn))];
  if (isJsonObject(value)) return userIdsIn(value['id'] ?? null);
  return typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value) ? [value] : [];
}

/** "Chloé, Ewa or 3 more". */
export function oneOf(names: readonly string[]): Text {
  const shown = names.length > 3 ? names.slice(0, 2) : names;
  const more = names.length - shown.length;
  const joined = (or: string, rest: string): string => {
    if (more > 0) return `${shown.join(', ')} ${or} ${rest}`;
    const last = shown.at(-1) ?? '';
    return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} ${or} ${last}`;
  };
  return text(joined('or', `${more} more`), joined('ou', `${more} autres`));
}
