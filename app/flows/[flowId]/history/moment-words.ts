'use client';
import { useFormatter, useTranslations } from 'next-intl';
import type { FlowEdit } from '#db/flow-history';
import type { Mark } from './moments';

/** How moments are called: "Version 11", a checkpoint's name, "Today 14:12". */
export function useMomentWords() {
  const t = useTranslations('history');
  const format = useFormatter();
  const clock = (at: string) => format.dateTime(new Date(at), { hour: '2-digit', minute: '2-digit', hour12: false });
  const day = (at: string) => {
    const days = Math.round((startOfDay(new Date()) - startOfDay(new Date(at))) / 86_400_000);
    if (days === 0) return t('today');
    if (days === 1) return t('yesterday');
    return format.dateTime(new Date(at), days < 7 ? { weekday: 'long' } : { day: 'numeric', month: 'short', ...(days > 300 ? { year: 'numeric' as const } : {}) });
  };
  const exact = (at: string) => format.dateTime(new Date(at), { dateStyle: 'full', timeStyle: 'medium' });
  const markName = (mark: Mark) => (mark.kind === 'version' ? t('version', { number: mark.name }) : mark.name);
  /** A mark at this place names it; otherwise its time does. */
  const momentName = (seq: number, edits: readonly FlowEdit[], marks: readonly Mark[]) => {
    const mark = marks.findLast((each) => each.seq === seq);
    if (mark) return markName(mark);
    if (seq <= 1) return t(seq === 1 ? 'beginning' : 'emptyFlow');
    const edit = edits.findLast((each) => each.seq <= seq);
    return edit ? `${day(edit.at)} ${clock(edit.at)}` : t('moment', { seq });
  };
  return { clock, day, exact, markName, momentName };
}

function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
