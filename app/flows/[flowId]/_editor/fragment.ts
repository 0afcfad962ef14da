import { z } from 'zod';
import type { FlowFragment } from '#flow/document';
import { step } from '#flow/flow';

const clip = z.object({ millrace: z.object({ kind: z.enum(['dataflow', 'workflow']), steps: z.array(step).min(1).max(500) }) });

/** Steps from the clipboard, copied here, in another flow or in another browser; null when it holds something else. */
export function parseFragment(text: string): FlowFragment | null {
  if (text.length > 2_000_000 || !text.startsWith('{')) return null;
  try {
    const parsed = clip.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.millrace : null;
  } catch {
    return null; // other people's text is allowed to be no JSON
  }
}
