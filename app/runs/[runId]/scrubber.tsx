'use client';
import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { memo, useCallback, useMemo, useRef, type KeyboardEvent, type PointerEvent } from 'react';
import type { RunEvent } from '#flow/run-event';
import { formatCount, formatOffset, localeOf } from '../../_run/duration';
import { describeEvent } from '../../_run/event-words';
import { IconButton } from '../../_ui/icon-button';
import { Segmented } from '../../_ui/segmented';
import { toast } from '../../_ui/toast';
import { moveBy, positionsOf, seqNear, ticksOf } from './replay-track';
import styles from './replay.module.css';
import type { Moment } from './use-moment';

const speeds = ['1', '4', '16'] as const;

/** The line under the canvas: drag it, step it with the keys, or let it play. */
export function Scrubber({ events, moment }: { events: readonly RunEvent[]; moment: Moment }) {
  const t = useTranslations('replay');
  const words = useTranslations('run');
  const format = useFormatter();
  const locale = localeOf(useLocale());
  const track = useRef<HTMLDivElement>(null);
  const { seq, last, seek, play, playing } = moment;
  const positions = useMemo(() => positionsOf(events), [events]);
  const ticks = useMemo(() => ticksOf(events, positions), [events, positions]);
  const [here, first, final] = [events[seq - 1], events[0], events[last - 1]];
  const place = positions[seq - 1] ?? 0;
  const bad = here?.type === 'step.failed' || here?.type === 'run.failed';
  const percent = (value: number) => `${(value * 100).toFixed(3)}%`;
  const take = (event: PointerEvent): void => {
    const box = track.current?.getBoundingClientRect();
    if (!box || last === 0) return;
    play(false);
    seek(seqNear(positions, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = moveBy(event.key, event.shiftKey, seq, last);
    if (event.key === ' ') play(!playing);
    else if (next === null) return;
    else {
      play(false);
      seek(next);
    }
    event.preventDefault();
  };
  const said = here ? describeEvent(here, locale) : null;
  const now = useRef(moment);
  now.current = moment;
  const step = useCallback((by: 1 | -1) => {
    now.current.play(false);
    now.current.seek(now.current.seq + by);
  }, []);
  const toggle = useCallback(() => now.current.play(!now.current.playing), []);
  const copy = useCallback(() => {
    const url = new URL(window.location.href);
    url.searchParams.set('at', String(now.current.seq));
    void navigator.clipboard.writeText(url.href).then(() => toast.success(t('copied', { seq: now.current.seq })));
  }, [t]);
  return (
    <div className={styles.scrubber} role="group" aria-label={t('scrubber')}>
      <Buttons atStart={seq <= 1} atEnd={seq >= last} playing={playing} playable={last >= 2} onStep={step} onToggle={toggle} />
      <Speed speed={moment.speed} onSpeed={moment.setSpeed} />
      <div ref={track} className={styles.track} role="slider" tabIndex={0} aria-label={t('moment')} aria-valuemin={1} aria-valuemax={Math.max(1, last)} aria-valuenow={Math.max(1, seq)}
        aria-valuetext={said ? t('valueText', { seq, last, text: words(said.key, said.values) }) : t('nothing')} onKeyDown={onKeyDown}
        onPointerDown={(event) => { event.currentTarget.setPointerCapture(event.pointerId); take(event); }} onPointerMove={(event) => event.buttons === 1 && take(event)}>
        <i className={styles.line} /><i className={styles.filled} style={{ width: percent(place) }} />
        {ticks.map((tick) => <i key={tick.seq} className={styles.tick} data-bad={tick.bad || undefined} style={{ left: percent(tick.place) }} />)}
        <b className={styles.knob} style={{ left: percent(place) }} />
        {first && place > 0.16 && <span style={{ left: 0 }}>{format.dateTime(new Date(first.at), { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false })}</span>}
        {here && <span data-here data-bad={bad || undefined} data-edge={place > 0.85 ? 'end' : place < 0.15 ? 'start' : undefined} style={place > 0.85 || place < 0.15 ? undefined : { left: percent(place) }}>{t('event', { seq })}</span>}
        {first && final && place < 0.84 && <span style={{ right: 0 }}>{formatOffset(Date.parse(final.at) - Date.parse(first.at), locale)}</span>}
      </div>
      <span className={styles.count}>{t('of', { seq: formatCount(seq, locale), last: formatCount(last, locale) })}</span>
      <CopyMoment onCopy={copy} />
    </div>
  );
}

/** Apart from the line, which every event moves. */
const Buttons = memo(function Buttons({ atStart, atEnd, playing, playable, onStep, onToggle }: { atStart: boolean; atEnd: boolean; playing: boolean; playable: boolean; onStep: (by: 1 | -1) => void; onToggle: () => void }) {
  const t = useTranslations('replay');
  return (
    <div className={styles.buttons}>
      <IconButton label={t('previous')} icon="skip-back" disabled={atStart} onClick={() => onStep(-1)} />
      <IconButton label={t(playing ? 'pause' : 'play')} icon={playing ? 'pause' : 'play'} variant="primary" disabled={!playable} onClick={onToggle} />
      <IconButton label={t('next')} icon="skip-forward" disabled={atEnd} onClick={() => onStep(1)} />
    </div>
  );
});

const Speed = memo(function Speed({ speed, onSpeed }: { speed: number; onSpeed: (speed: number) => void }) {
  const t = useTranslations('replay');
  return <Segmented label={t('speed')} value={speeds.find((each) => each === String(speed)) ?? '1'} onChange={(value) => onSpeed(Number(value))} options={speeds.map((value) => ({ value, label: `${value}×` }))} />;
});

const CopyMoment = memo(function CopyMoment({ onCopy }: { onCopy: () => void }) {
  const t = useTranslations('replay');
  return <IconButton label={t('copyMoment')} icon="link" onClick={onCopy} />;
});
