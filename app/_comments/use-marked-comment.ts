'use client';
import { useEffect, useEffectEvent, useState } from 'react';
import type { Anchor } from '#db/comments';
import type { Comments } from './use-comments';

/** A link to a comment (`?comment=`): once its thread is known, the owner of the page shows it. */
export function useMarkedComment(id: string | null, comments: Comments | null, onFound: (anchor: Anchor) => void): void {
  const [done, setDone] = useState<string | null>(null);
  const tell = useEffectEvent(onFound);
  const thread = id === null || done === id ? undefined : comments?.threads.find((each) => each.comments.some((one) => one.id === id));
  useEffect(() => {
    if (!thread || id === null) return;
    setDone(id);
    tell(thread.anchor);
  }, [thread, id]);
}
