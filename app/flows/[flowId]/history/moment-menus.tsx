'use client';
import { useTranslations } from 'next-intl';
import type { FlowEdit } from '#db/flow-history';
import { Menu, type MenuItem } from '../../../_ui/menu';
import { Icon } from '../../../_ui/icon';
import styles from './history.module.css';
import { useMomentWords } from './moment-words';
import { usualFrom, type Mark } from './moments';
import type { Travel } from './use-travel';

type Props = { edits: readonly FlowEdit[]; marks: readonly Mark[]; travel: Travel; head: number };

/** The two ends of the comparison: from what, to what. */
export function MomentMenus({ edits, marks, travel, head }: Props) {
  const t = useTranslations('history');
  const { markName, momentName, day, clock } = useMomentWords();
  const newestFirst = marks.toReversed();
  const when = (mark: Mark) => `${day(mark.at)} ${clock(mark.at)}`;
  const previous = edits[travel.place - 1];
  const from: MenuItem[] = [
    { label: t('compare.usual', { name: momentName(usualFrom(marks, travel.at), edits, marks) }), checked: travel.chosenFrom === 'usual', onSelect: () => travel.compareWith('usual') },
    ...(previous ? [{ label: t('compare.previous'), checked: travel.chosenFrom === previous.seq, onSelect: () => travel.compareWith(previous.seq) }] : []),
    { label: t('compare.here'), checked: false, onSelect: () => travel.compareWith(travel.at) },
    { label: t('compare.nothing'), checked: travel.chosenFrom === 'nothing', onSelect: () => travel.compareWith('nothing') },
    ...(newestFirst.length > 0 ? [{ separator: true as const }] : []),
    ...newestFirst.map((mark) => ({ label: markName(mark), hint: when(mark), checked: travel.chosenFrom === mark.seq, onSelect: () => travel.compareWith(mark.seq) })),
    { label: t('beginning'), checked: travel.chosenFrom === 1, onSelect: () => travel.compareWith(1) },
  ];
  const to: MenuItem[] = [
    { label: t('now'), checked: travel.isNow, onSelect: () => travel.go(null) },
    ...newestFirst.map((mark) => ({ label: markName(mark), hint: when(mark), checked: !travel.isNow && travel.at === mark.seq, onSelect: () => travel.go(mark.seq) })),
    { label: t('beginning'), checked: !travel.isNow && travel.at === 1, onSelect: () => travel.go(1) },
  ];
  const fromName = travel.from === null ? t('compare.off') : momentName(travel.from, edits, marks);
  const toName = travel.at === head && !marks.some((mark) => mark.seq === head) ? momentName(head, edits, marks) : momentName(travel.at, edits, marks);
  return (
    <span className={styles.menus}>
      <Menu label={t('compareWith')} items={from} trigger={<button type="button" className={styles.end} aria-label={t('compareWithNow', { name: fromName })}>{fromName}</button>} />
      <Icon name="arrow-right" size={14} />
      <Menu label={t('momentShown')} items={to} trigger={<button type="button" className={styles.end} data-on aria-label={t('momentShownNow', { name: toName })}>{toName}</button>} />
    </span>
  );
}
