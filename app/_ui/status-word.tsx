import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { StatusMark } from './status-mark';
import { shapeColour, shapeOf } from './status-shape';

const known = ['pending', 'queued', 'running', 'waiting', 'retrying', 'paused', 'succeeded', 'warning', 'failed', 'skipped', 'cancelled', 'reset', 'quarantined', 'disabled'] as const;
type Props = { status: string; warnings?: number; children?: ReactNode; size?: number; still?: boolean };

/** Shape and word; `children` replaces the word ("Waits for Chloé"). */
export function StatusWord({ status, warnings = 0, children, size = 14, still = false }: Props) {
  const t = useTranslations('common.status');
  const shown = known.find((each) => each === (status === 'succeeded' && warnings > 0 ? 'warning' : status));
  return (
    <span className={classNames('inline-flex min-w-0 items-center gap-1.5 text-xs font-medium whitespace-nowrap', shapeColour[shapeOf(shown ?? status)])}>
      <StatusMark status={shown ?? status} size={size} still={still} />
      <span className="truncate">{children ?? (shown ? t(shown) : status)}</span>
    </span>
  );
}
