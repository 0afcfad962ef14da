'use client';
import { useEffect, useEffectEvent } from 'react';
import { actionOf, isTyping, type Action } from './shortcuts';

export type Acts = { [A in Exclude<Action, 'escape' | 'nextRegion' | 'palette'>]: () => unknown } & { escape: (inPanel: boolean) => void };

/** These work while one writes, because they are not writing. */
const evenTyping = new Set<Action>(['run', 'publish', 'nextRegion', 'escape', 'find']);
/** Text fields have an undo of their own words only as far as the browser's; the flow's undo wins there too. */
const ownInText = new Set<Action>(['undo', 'redo']);

export function useShortcuts(acts: Acts): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    const action = actionOf(event);
    if (action === null) return;
    const target = event.target instanceof HTMLElement ? event.target : null;
    if (target?.closest('[role="dialog"], [role="alertdialog"], [role="menu"]')) return;
    const typing = isTyping(target);
    if (typing && (!evenTyping.has(action) || event.key.length === 1 && !event.ctrlKey && !event.metaKey) && !(ownInText.has(action) && target?.closest('.cm-editor') === null)) return;
    event.preventDefault();
    if (action === 'nextRegion') return nextRegion(event.shiftKey);
    if (action === 'palette') return;
    if (action === 'escape') return acts.escape(target?.closest('aside') !== null);
    acts[action]();
  });
  useEffect(() => {
    const heard = (event: KeyboardEvent) => act(event);
    window.addEventListener('keydown', heard);
    return () => window.removeEventListener('keydown', heard);
  }, []);
}

/** F6: canvas, panel, drawer, error list, in the order of the page. */
function nextRegion(back: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')];
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(here + (back ? regions.length - 1 : 1)) % Math.max(1, regions.length)];
  const stop = next?.querySelector<HTMLElement>('[tabindex="0"], input, select, button:not([tabindex="-1"])');
  (stop ?? next)?.focus();
}
