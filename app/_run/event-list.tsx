'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLocale, useTranslations } from 'next-intl';
import { memo, useMemo, useRef, useState } from 'react';
import type { FlowDefinition } from '#flow/flow';
import { stepsOf } from '#flow/flow';
import type { RunEvent } from '#flow/run-event';
import type { Locale } from '#flow/text';
import { Icon } from '../_ui/icon';
import { StatusMark } from '../_ui/status-mark';
import { formatOffset, localeOf } from './duration';
import { describeEvent, type EventMark } from './event-words';
import styles from './event-list.module.css';

type Props = {
  definition: FlowDefinition;
  events: readonly RunEvent[];
  live: boolean;
  /** The event the replay stands at. */
  currentSeq?: number | undefined;
  onSelect?: ((event: RunEvent) => void) | undefined;
};

type Row = { mark: EventMark; name: string; text: string };

function inWords(event: RunEvent, names: ReadonlyMap<string, string>, locale: Locale, t: ReturnType<typeof useTranslations>): Row {
  const { mark, key, values } = describeEvent(event, locale);
  return { mark, name: event.stepId === undefined ? '' : (names.get(event.stepId) ?? event.stepId), text: t(key, values) };
}

/** As in the style sheet. */
const rowHeight = 24;

/** The log, newest first, searched and drawn a window at a time. It follows while scrolled to the top. */
export function EventList({ definition, events, live, currentSeq, onSelect }: Props) {
  const t = useTranslations('run');
  const locale = localeOf(useLocale());
  const [find, setFind] = useState<string | null>(null);
  const [atTop, setAtTop] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);
  const names = useMemo(() => new Map(stepsOf(definition).map((step) => [step.id, step.name])), [definition]);
  const origin = events[0] ? Date.parse(events[0].at) : 0;
  // Put in words once, and only when somebody looks: of a long live run thousands arrive that nobody sees.
  const rowOf = useMemo(() => {
    const known = new WeakMap<RunEvent, Row>();
    return (event: RunEvent): Row => {
      const row = known.get(event) ?? inWords(event, names, locale, t);
      known.set(event, row);
      return row;
    };
  }, [names, locale, t]);
  const found = useMemo(() => {
    const wanted = (find ?? '').trim().toLowerCase();
    return wanted === '' ? events : events.filter((event) => {
      const { name, text } = rowOf(event);
      return `${name} ${text} ${event.type}`.toLowerCase().includes(wanted);
    });
  }, [events, find, rowOf]);
  const virtual = useVirtualizer({ count: found.length, getScrollElement: () => scroller.current, estimateSize: () => rowHeight, overscan: 12 });
  return (
    <section className={styles.list} aria-label={t('events')}>
      <header>
        <span>{t('events')}</span>
        {live && atTop && <em><StatusMark status="running" size={11} />{t('following')}</em>}
        {find === null
          ? <button type="button" aria-label={t('findEvents')} title={t('findEvents')} onClick={() => setFind('')}><Icon name="search" size={13} /></button>
          : <input autoFocus value={find} placeholder={t('findEvents')} aria-label={t('findEvents')} onChange={(event) => setFind(event.target.value)} onKeyDown={(event) => { if (event.key === 'Escape') { event.stopPropagation(); setFind(null); } }} />}
      </header>
      <div ref={scroller} className={styles.scroll} tabIndex={0} role="group" aria-label={t('events')} onScroll={(event) => setAtTop(event.currentTarget.scrollTop < 12)}>
        {found.length === 0 && <p>{find ? t('noEvents') : t('noneYet')}</p>}
        <ol style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index }) => {
            const place = found.length - 1 - index;
            const event = found[place];
            return event && <Line key={event.seq} event={event} row={rowOf(event)} origin={origin} bottom={place * rowHeight} current={event.seq === currentSeq} onSelect={onSelect} />;
          })}
        </ol>
      </div>
    </section>
  );
}

type LineProps = { event: RunEvent; row: Row; origin: number; /** From the foot of the list, where the oldest stands: new ones move none. */ bottom: number; current: boolean; onSelect: Props['onSelect'] };

const Line = memo(function Line({ event, row, origin, bottom, current, onSelect }: LineProps) {
  const locale = localeOf(useLocale());
  const words = (
    <>
      <span className={styles.seq}>{event.seq}</span><span className={styles.at}>{formatOffset(Date.parse(event.at) - origin, locale)}</span>
      {row.mark ? <StatusMark status={row.mark} size={12} still /> : <i className={styles.dot} aria-hidden />}
      <span className={styles.text}>{row.name && <b>{row.name}</b>}{row.text}</span>
    </>
  );
  return (
    <li style={{ bottom }} data-current={current || undefined} title={`${row.name} ${row.text}`.trim()}>
      {onSelect ? <button type="button" onClick={() => onSelect(event)}>{words}</button> : <div>{words}</div>}
    </li>
  );
});
