'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent } from 'react';
import { toast } from '../../../_ui/toast';
import type { Commands } from './commands';
import { isTyping } from './shortcuts';

type Options = { commands: Commands; selection: readonly string[]; editable: boolean; onPasted: (ids: string[]) => void; onCut: (ids: readonly string[]) => void };

/** Copy, cut and paste of steps as JSON, through the browser's own clipboard events: across flows and browsers. */
export function useClipboard({ commands, selection, editable, onPasted, onCut }: Options): void {
  const t = useTranslations('editor');
  const heard = useEffectEvent((event: ClipboardEvent) => {
    if (isTyping(document.activeElement) || !event.clipboardData) return;
    if (event.type === 'paste') {
      const text = event.clipboardData.getData('text/plain');
      const made = editable ? commands.paste(text) : null;
      if (made && made.length > 0) onPasted(made);
      else if (editable && text.startsWith('{')) toast.info(t('notSteps'));
      return;
    }
    if (selection.length === 0 || (document.getSelection()?.toString() ?? '') !== '') return;
    event.preventDefault();
    event.clipboardData.setData('text/plain', commands.copy(selection));
    if (event.type === 'cut') onCut(selection);
    else toast.info(t('copied', { count: selection.length }));
  });
  useEffect(() => {
    const listen = (event: ClipboardEvent) => heard(event);
    for (const type of ['copy', 'cut', 'paste'] as const) document.addEventListener(type, listen);
    return () => { for (const type of ['copy', 'cut', 'paste'] as const) document.removeEventListener(type, listen); };
  }, []);
}
