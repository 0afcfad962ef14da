import { parseDefinition, type DefinitionIssue } from '#flow/canonical';
import type { FlowDefinition } from '#flow/flow';

export type ReadFile = { ok: true; definition: FlowDefinition } | { ok: false; reason: 'large' | 'json' } | { ok: false; reason: 'definition'; issues: DefinitionIssue[] };
const mostBytes = 5_000_000;

/** A flow from a file, judged before anything is sent; the API judges it again. */
export async function readDefinition(file: { size: number; text(): Promise<string> }): Promise<ReadFile> {
  if (file.size > mostBytes) return { ok: false, reason: 'large' };
  let given: unknown;
  try {
    given = JSON.parse(await file.text());
  } catch {
    return { ok: false, reason: 'json' };
  }
  const parsed = parseDefinition(given);
  return parsed.ok ? parsed : { ok: false, reason: 'definition', issues: parsed.issues };
}

/** `Rain by month` → `rain-by-month.flow.json`. */
export function fileNameOf(name: string, kind: 'flow' | 'component' = 'flow'): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '').slice(0, 60);
  return `${plain || kind}.${kind}.json`;
}
