'use client';
import { useEffect, useRef, useState } from 'react';

/** Nobody reads faster: a log and bars that change with every frame are drawn this often at most. */
const restMs = 100;

/** The value, at once while it rests; of a stream of them the newest, ten times a second. */
export function useCalm<T>(value: T): T {
  const [shown, setShown] = useState(value);
  const shownAt = useRef(0);
  useEffect(() => {
    if (Object.is(shown, value)) return;
    const show = () => {
      shownAt.current = performance.now();
      setShown(() => value);
    };
    const waitMs = shownAt.current + restMs - performance.now();
    if (waitMs <= 0) return show();
    const timer = setTimeout(show, waitMs);
    return () => clearTimeout(timer);
  }, [shown, value]);
  return shown;
}
