'use client';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import type { Person } from '#db/flow-history';
import { Avatar } from '../../../_ui/avatar';
import { Button } from '../../../_ui/button';
import { Empty } from '../../../_ui/empty';
import { ErrorNote } from '../../../_ui/error-note';
import { Icon } from '../../../_ui/icon';
import { Skeleton } from '../../../_ui/skeleton';
import { LineWords, labelOf, moodOf, shown, type Names } from './change-line';
import styles from './history.module.css';
import { useMomentWords } from './moment-words';
import { groupsOf, linesOf, type Line } from './moments';
import type { Told } from './use-history';

type Props = { told: Told; names: Names; order: 'person' | 'time'; me: string | null; onGo: (seq: number) => void; onStep: (stepId: string) => void };

/** Every change between the two moments in words, by person or by time. One line at a time is open. */
export function EditList({ told, names, order, me, onGo, onStep }: Props) {
  const t = useTranslations('history');
  const { clock, day, exact } = useMomentWords();
  const [open, setOpen] = useState<string | null>(null);
  const groups = useMemo(() => (order === 'person' ? groupsOf(told.changes) : [{ author: null, lines: linesOf(told.changes) }]), [order, told.changes]);
  const count = groups.reduce((sum, group) => sum + group.lines.length, 0);
  if (told.failure) return <ErrorNote title={told.failure.message} className={`p-4 ${styles.list}`} />;
  if (count === 0) return told.busy ? <Skeleton lines={5} className={`p-4 ${styles.list}`} /> : <Empty title={t('noChanges')} why={t('noChangesWhy')} className={`p-4 ${styles.list}`} />;
  const time = (at: string) => (new Date(at).toDateString() === new Date().toDateString() ? clock(at) : day(at));
  const toggle = (line: Line) => {
    setOpen(open === idOf(line) ? null : idOf(line));
    if (line.stepId !== null) onStep(line.stepId);
  };
  return (
    <div className={styles.list}>
      {groups.map((group, at) => (
        <section key={group.author?.id ?? at}>
          {order === 'person' && <Head author={group.author} lines={group.lines} me={me} />}
          <ul>
            {group.lines.map((line) => (
              <li key={idOf(line)}>
                <button type="button" className={styles.line} aria-expanded={open === idOf(line)} onClick={() => toggle(line)}>
                  <span className={styles.lineMark} data-kind={moodOf(line)} aria-hidden>{signs[moodOf(line)]}</span>
                  <span className={styles.words}>{order === 'time' && <span className={styles.who}>{line.author?.name ?? t('program')} </span>}<LineWords line={line} names={names} /></span>
                  <time dateTime={line.at} title={exact(line.at)}>{time(line.at)}</time>
                </button>
                {open === idOf(line) && <Detail line={line} names={names} onGo={onGo} />}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {told.more && <Button variant="ghost" className="mx-4 my-2" disabled={told.busy} onClick={told.more}>{t('more')}</Button>}
    </div>
  );
}

const signs = { added: '+', removed: '−', changed: '~' } as const;
const idOf = (line: Line) => `${line.seq} ${line.idx} ${line.target}`;

function Head({ author, lines, me }: { author: Person | null; lines: readonly Line[]; me: string | null }) {
  const t = useTranslations('history');
  const { clock, day } = useMomentWords();
  const [newest, oldest] = [lines[0]?.at ?? '', lines.at(-1)?.at ?? ''];
  const isToday = new Date(oldest).toDateString() === new Date().toDateString();
  const [first, last] = isToday ? [clock(oldest), clock(newest)] : [day(oldest), day(newest)];
  return (
    <h3 className={styles.person}>
      {author ? <Avatar user={author} size={22} decorative me={author.id === me} /> : <Icon name="key" size={18} />}
      <b>{author?.name ?? t('program')}</b><span>{t('edits', { count: lines.length })}</span><em>{first === last ? first : t('span', { first, last })}</em>
    </h3>
  );
}

/** Old and new in full, and the way to the moment. */
function Detail({ line, names, onGo }: { line: Line; names: Names; onGo: (seq: number) => void }) {
  const t = useTranslations('history');
  const type = line.stepId === null ? undefined : names.steps.get(line.stepId)?.type;
  const [old, now] = [shown(line.key, line.old, names, 2_000), shown(line.key, line.new, names, 2_000)];
  const hasValues = moodOf(line) === 'changed' && !line.key.endsWith('place');
  return (
    <div className={styles.detail}>
      {hasValues && <p>{labelOf(line.key.replace(/^(?:stage|note)\.[^.]+\./, ''), type, names)}</p>}
      {hasValues && old !== '' && <pre data-kind="removed">{old}</pre>}
      {hasValues && now !== '' && <pre data-kind="added">{now}</pre>}
      <footer><button type="button" onClick={() => onGo(line.firstSeq - 1)} disabled={line.firstSeq <= 1}>{t('showBefore')}</button><button type="button" onClick={() => onGo(line.seq)}>{t('showAfter')}</button></footer>
    </div>
  );
}
