'use client';
import { useTranslations } from 'next-intl';
import { IconButton } from '../../../../_ui/icon-button';
import { usePanel } from './panel-context';
import styles from './panel.module.css';

type Props = { place: number; count: number; onMove: (to: number) => void; onRemove: () => void };

export function RowTools({ place, count, onMove, onRemove }: Props) {
  const { editable } = usePanel();
  const t = useTranslations('panel');
  if (!editable) return null;
  return (
    <span className={styles.rowTools}>
      {count > 1 && <IconButton label={t('moveUp')} icon="chevron-up" size="sm" disabled={place === 0} onClick={() => onMove(place - 1)} />}
      {count > 1 && <IconButton label={t('moveDown')} icon="chevron-down" size="sm" disabled={place === count - 1} onClick={() => onMove(place + 1)} />}
      <IconButton label={t('removeRow')} icon="x" size="sm" onClick={onRemove} />
    </span>
  );
}

export function rowsWith<T>(rows: readonly T[], from: number, to: number): T[] {
  const moved = [...rows];
  const [row] = moved.splice(from, 1);
  return row === undefined ? moved : [...moved.slice(0, to), row, ...moved.slice(to)];
}
