import type { FieldType } from './model-schema';

const text: readonly FieldType[] = ['string', 'uri', 'uuid'];
const dates: readonly FieldType[] = ['date', 'date-time'];
const numbers: readonly FieldType[] = ['number', 'integer'];
const shapes: readonly FieldType[] = ['array', 'object', 'catalog', 'file'];

/**
 * True when no value of the one type converts to the other (steps.md §1.3). Text may hold anything a scalar can be
 * read from, so only what can never work is named.
 */
export function neverConverts(from: FieldType, to: FieldType): boolean {
  if (from === to || from === 'unknown' || to === 'unknown') return false;
  if (shapes.includes(from)) return !(to === 'object' && from !== 'array') && !(from === 'object' && (to === 'catalog' || to === 'file'));
  if (to === 'array' || to === 'object') return true;
  if (to === 'string' || text.includes(from)) return false;
  if (numbers.includes(from)) return !numbers.includes(to) && to !== 'catalog';
  if (dates.includes(from)) return !dates.includes(to);
  return true;
}
