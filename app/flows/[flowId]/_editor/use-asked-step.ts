'use client';
import { useEffect, useEffectEvent, useState } from 'react';

/** A link to a step (`?step=`): shown once, as soon as the step is there. */
export function useAskedStep(id: string | null, present: ReadonlySet<string>, onFound: (stepId: string) => void): void {
  const [done, setDone] = useState<string | null>(null);
  const tell = useEffectEvent(onFound);
  const found = id !== null && id !== done && present.has(id) ? id : null;
  useEffect(() => {
    if (found === null) return;
    setDone(found);
    tell(found);
  }, [found]);
}
