'use client';
import { useTranslations } from 'next-intl';
import type { DiffKind } from '#flow/diff';
import styles from './canvas.module.css';

const signs = { added: '+', removed: '−', changed: '~', moved: '~' } as const;

/** The corner of what differs. Cards say it in their foot; `spoken` is for what has none. */
export function DiffMark({ kind, spoken = false }: { kind: DiffKind; spoken?: boolean }) {
  const t = useTranslations('canvas');
  return (
    <span className={styles.mark} data-diff={kind} title={spoken ? t(`diff.${kind}`) : undefined}>
      <span aria-hidden>{signs[kind]}</span>{spoken && <span className="sr-only">{t(`diff.${kind}`)}</span>}
    </span>
  );
}
