import { formatPath } from '#flow/path';
import type { FieldType, ModelField, ModelSchema } from '#flow/model-schema';

export type PathOption = { path: string; type: FieldType; title: string | null };

const deepest = 4;
const most = 500;

/** Every path a picker offers for a model, parents before children. */
export function pathsOf(schema: ModelSchema | undefined): PathOption[] {
  const found: PathOption[] = [];
  if (schema) collect(schema.fields, [], found);
  return found;
}

function collect(fields: Record<string, ModelField>, above: readonly string[], found: PathOption[]): void {
  for (const [name, field] of Object.entries(fields)) {
    if (found.length >= most) return;
    const segments = [...above, name];
    found.push({ path: formatPath(segments), type: field.type, title: field.title ?? null });
    const inner = field.fields ?? implied[field.type];
    if (inner && segments.length < deepest) collect(inner, segments, found);
  }
}

const implied: { [T in FieldType]?: Record<string, ModelField> } = {
  catalog: { id: { type: 'integer' }, name: { type: 'string' } },
  file: { id: { type: 'string' }, name: { type: 'string' }, size: { type: 'integer' }, mimeType: { type: 'string' } },
};

/** Matches in the order people expect: beginning of the path, of a segment, then anywhere. */
export function matching(options: readonly PathOption[], query: string): PathOption[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return [...options];
  const rank = (option: PathOption) => {
    const path = option.path.toLowerCase();
    if (path.startsWith(wanted)) return 0;
    if (path.includes(`.${wanted}`)) return 1;
    return path.includes(wanted) || (option.title?.toLowerCase().includes(wanted) ?? false) ? 2 : 3;
  };
  return options.map((option) => ({ option, rank: rank(option) })).filter((each) => each.rank < 3).sort((a, b) => a.rank - b.rank).map((each) => each.option);
}
