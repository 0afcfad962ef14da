'use client';
import { useEffect } from 'react';
import type { Signs } from './use-signs';

const idleAfterMs = 60_000;

/** Tells the others whether anybody sits here: idle after a minute without a hand on mouse or keys, away behind another window. */
export function useMood(signs: Signs): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let told: 'idle' | 'away' | null = null;
    const tell = (mood: typeof told) => {
      if (mood === told) return;
      told = mood;
      signs.set('mood', mood);
    };
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => tell(document.hidden ? 'away' : 'idle'), idleAfterMs);
      tell(document.hidden ? 'away' : null);
    };
    const events = ['pointermove', 'pointerdown', 'keydown', 'wheel'] as const;
    for (const event of events) window.addEventListener(event, moved, { passive: true });
    document.addEventListener('visibilitychange', moved);
    moved();
    return () => {
      clearTimeout(timer);
      for (const event of events) window.removeEventListener(event, moved);
      document.removeEventListener('visibilitychange', moved);
    };
  }, [signs]);
}
