'use client';
import { useFormatter, useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';

/** Relative, with the exact time on hover. One clock serves all of them. */
export function RelativeTime({ at, className }: { at: string | null | undefined; className?: string }) {
  const t = useTranslations('common');
  const format = useFormatter();
  const now = useSyncExternalStore(subscribe, currentTick, currentTick);
  if (!at) return null;
  const date = new Date(at);
  const seconds = (now - date.getTime()) / 1_000;
  const words = Math.abs(seconds) < 45 ? t('justNow') : Math.abs(seconds) > 30 * 86_400 ? format.dateTime(date, { dateStyle: 'medium' }) : format.relativeTime(date, { now, style: 'short' }).replace('.', '');
  return <time dateTime={at} title={format.dateTime(date, { dateStyle: 'full', timeStyle: 'medium' })} className={className} suppressHydrationWarning>{words}</time>;
}

const tickMs = 15_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let tick = Date.now();

function currentTick(): number {
  if (timer === null && Date.now() - tick > tickMs) tick = Date.now();
  return tick;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick = Date.now();
    for (const each of listeners) each();
  }, tickMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}
