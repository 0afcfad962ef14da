'use client';
import { useEffect, useState } from 'react';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import { readPath } from '#flow/path';
import { api } from '../../../../_client/api';
import { useEditor } from '../editor-context';

const seen = new Map<string, JsonObject | null>();

/** Reads the first item a step gave in the run the editor shows; null while unknown. */
export function useSample(stepId: string | null): ((path: string) => string) | null {
  const { sampleRunId } = useEditor();
  const key = stepId && sampleRunId ? `${sampleRunId}/${stepId}` : null;
  const [, refresh] = useState(0);
  useEffect(() => {
    if (key === null || seen.has(key) || !stepId || !sampleRunId) return;
    const stop = new AbortController();
    void api<{ items: Json[] }>(`/runs/${sampleRunId}/steps/${stepId}/items?side=out&limit=1`, { signal: stop.signal }).then((answer) => {
      if (stop.signal.aborted) return;
      const first = answer.ok ? answer.data.items[0] : undefined;
      seen.set(key, isJsonObject(first) ? first : null);
      refresh((count) => count + 1);
    }, () => undefined);
    return () => stop.abort();
  }, [key, stepId, sampleRunId]);
  const item = key === null ? null : (seen.get(key) ?? null);
  return item && ((path) => shown(readPath(item, path)));
}

function shown(value: Json): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 40);
}
