'use client';
import { useTranslations } from 'next-intl';
import { useMemo, useRef, type CSSProperties, type KeyboardEvent, type PointerEvent } from 'react';
import type { FlowEdit } from '#db/flow-history';
import { colourOf } from '#flow/presence';
import { Avatar } from '../../../_ui/avatar';
import { Button } from '../../../_ui/button';
import { Icon } from '../../../_ui/icon';
import { moveBy, positionsOf, seqNear } from '../../../runs/[runId]/replay-track';
import styles from './history.module.css';
import { useMomentWords } from './moment-words';
import { indexAt, peopleOf, sessionsOf, type Mark } from './moments';
import type { Travel } from './use-travel';

type Props = { edits: readonly FlowEdit[]; marks: readonly Mark[]; travel: Travel; me: string | null; author: string | null; onAuthor: (id: string | null) => void; onOlder: (() => void) | null };

/** Who edited when: one lane a person, marks for versions and names, and the knob of the moment that is shown. */
export function Timeline({ edits, marks, travel, me, author, onAuthor, onOlder }: Props) {
  const t = useTranslations('history');
  const words = useMomentWords();
  const track = useRef<HTMLDivElement>(null);
  const positions = useMemo(() => positionsOf(edits), [edits]);
  const people = useMemo(() => peopleOf(edits), [edits]);
  const sessions = useMemo(() => sessionsOf(edits, positions), [edits, positions]);
  const labels = useMemo(() => labelPlaces(edits, positions), [edits, positions]);
  const placeOf = (seq: number) => positions[Math.max(0, indexAt(edits, seq))] ?? 0;
  const here = placeOf(travel.at);
  const from = travel.from === null ? here : travel.from === 0 ? 0 : placeOf(travel.from);
  const [low, high] = from < here ? [from, here] : [here, from];
  const current = edits[travel.place];
  const name = (id: string, given: string) => (id === '' ? t('program') : id === me ? t('you') : given);

  const take = (event: PointerEvent): void => {
    const box = track.current?.getBoundingClientRect();
    if (!box || edits.length === 0) return;
    travel.play(false);
    travel.goTo(seqNear(positions, Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))) - 1);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = moveBy(event.key, event.shiftKey, travel.place + 1, edits.length);
    if (next === null) return;
    event.preventDefault();
    travel.play(false);
    travel.goTo(next - 1);
  };
  return (
    <section className={styles.strip} aria-label={t('timeline')}>
      <div className={styles.lanes} style={{ minHeight: `${people.length * 28}px` }}>
        <ul className={styles.names} aria-label={t('people')}>
          {people.map((each) => (
            <li key={each.id}>
              <button type="button" aria-pressed={author === each.id} data-dim={(author !== null && author !== each.id) || undefined} title={t('onlyPerson', { name: name(each.id, each.name) })} onClick={() => onAuthor(author === each.id ? null : each.id)}>
                {each.id === '' ? <Icon name="key" size={16} /> : <Avatar user={each} size={18} decorative me={each.id === me} />}<span>{name(each.id, each.name)}</span>
              </button>
            </li>
          ))}
        </ul>
        <div
          ref={track} className={styles.track} role="slider" tabIndex={0} aria-label={t('momentOf')} aria-orientation="horizontal" aria-valuemin={edits.length === 0 ? 0 : 1} aria-valuemax={edits.length} aria-valuenow={travel.place + 1}
          aria-valuetext={current ? t('valueText', { place: travel.place + 1, count: edits.length, time: `${words.day(current.at)} ${words.clock(current.at)}`, name: current.author?.name ?? t('program') }) : t('noEdits')}
          onKeyDown={onKeyDown} onPointerDown={(event) => { if (event.button !== 0) return; event.currentTarget.setPointerCapture(event.pointerId); take(event); }} onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) take(event); }}
        >
          {travel.from !== null && <span className={styles.range} style={{ left: percent(low), width: percent(high - low) }} />}
          {marks.map((mark) => (
            <span key={`${mark.kind}${mark.id}`} className={styles.mark} data-kind={mark.kind} data-on={mark.seq === travel.from || undefined} data-end={placeOf(mark.seq) > 0.9 || undefined} style={{ left: percent(placeOf(mark.seq)) }}>
              <em title={mark.message ?? undefined}>{mark.kind === 'checkpoint' && <Icon name="flag" size={10} />}<span>{words.markName(mark)}</span></em>
            </span>
          ))}
          {sessions.map((session) => {
            const lane = people.findIndex((each) => each.id === session.author);
            const [left = 0, right = 0] = [positions[session.first], positions[session.last]];
            return <i key={`${session.author} ${session.first}`} className={styles.bar} data-dim={(author !== null && author !== session.author) || undefined} style={barStyle(lane, left, right, session.author, me)} />;
          })}
          {edits.length > 0 && <b className={styles.knob} style={{ left: percent(here) }} />}
        </div>
      </div>
      <div className={styles.axis} aria-hidden>
        {labels.map((each) => <span key={each.place} style={{ left: percent(each.position) }} title={words.exact(each.at)}>{each.isDay ? words.day(each.at) : words.clock(each.at)}</span>)}
      </div>
      {onOlder && <Button size="sm" variant="ghost" icon="history" className={styles.older ?? ''} onClick={onOlder}>{t('older')}</Button>}
    </section>
  );
}

const percent = (value: number) => `${(value * 100).toFixed(3)}%`;

function barStyle(lane: number, left: number, right: number, author: string, me: string | null): CSSProperties {
  const colour = author === '' || author === me ? 'var(--muted)' : colourOf(author);
  return { top: `${lane * 28 + 10}px`, left: percent(left), width: `max(10px, ${percent(right - left)})`, background: colour };
}

/** A label where there is room for one; a new day shows its name. */
function labelPlaces(edits: readonly FlowEdit[], positions: readonly number[]): { place: number; position: number; at: string; isDay: boolean }[] {
  const labels: { place: number; position: number; at: string; isDay: boolean }[] = [];
  edits.forEach((edit, place) => {
    const position = positions[place] ?? 0;
    const before = labels.at(-1);
    if ((before && position - before.position < 0.09) || position > 0.97) return;
    labels.push({ place, position, at: edit.at, isDay: new Date(edit.at).toDateString() !== new Date(before?.at ?? Date.now()).toDateString() });
  });
  return labels;
}
