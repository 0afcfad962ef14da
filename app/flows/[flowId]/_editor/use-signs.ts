'use client';
import { useMemo } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import type { Presence } from '#flow/presence';

const intervalMs = 40;

/** What others see of me: at most 25 signs a second, the newest wins. */
export type Signs = {
  set: <K extends 'cursor' | 'selection' | 'editing' | 'drag' | 'following' | 'viewport' | 'mood'>(key: K, value: Presence[K] | null) => void;
};

export function useSigns(awareness: Awareness | null): Signs {
  return useMemo(() => {
    const waiting = new Map<string, unknown>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const send = () => {
      timer = null;
      const state = awareness?.getLocalState();
      if (!awareness || !state) return;
      awareness.setLocalState({ ...state, ...Object.fromEntries(waiting) });
      waiting.clear();
    };
    return { set: (key, value) => { waiting.set(key, value ?? undefined); timer ??= setTimeout(send, intervalMs); } };
  }, [awareness]);
}
