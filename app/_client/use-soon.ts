import { useCallback, useEffect, useRef } from 'react';

/**
 * Does `work` once, a moment after it was asked for: what is asked for again until then is done with it. It is the `work`
 * of that moment, so that a list which is filtered meanwhile is not filled with what the filter before wanted.
 */
export function useSoon(work: () => void, afterMs: number): () => void {
  const newest = useRef(work);
  useEffect(() => void (newest.current = work), [work]);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => () => {
    if (timer.current) clearTimeout(timer.current);
  }, []);
  return useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      newest.current();
    }, afterMs);
  }, [afterMs]);
}
