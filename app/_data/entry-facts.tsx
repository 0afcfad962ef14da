'use client';
import { useTranslations } from 'next-intl';
import type { EntryModel } from '#flow/component-model';
import { RelativeTime } from '../_ui/relative-time';
import styles from './data.module.css';

/** Who made and who last changed the entry. */
export function EntryFacts({ entry }: { entry: EntryModel }) {
  const t = useTranslations('data');
  const who = (name: string | null | undefined) => name ?? t('history.platform');
  return (
    <dl className={styles.facts}>
      <dt>{t('column.created')}</dt><dd>{who(entry.creatorSubject?.name)}{entry.createdDate && <>, <RelativeTime at={entry.createdDate} /></>}</dd>
      <dt>{t('column.changed')}</dt><dd>{who(entry.changeAuthor?.name)}{entry.updateDate && <>, <RelativeTime at={entry.updateDate} /></>}</dd>
    </dl>
  );
}
