import type { ReactNode } from 'react';
import { classNames } from '../../_ui/class-names';

export function Chip({ on, count, onClick, children }: { on: boolean; count: number | null; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" aria-pressed={on} onClick={onClick} className={classNames('inline-flex h-6 flex-none items-center gap-[5px] rounded-2 border px-2 text-xs font-medium whitespace-nowrap', on ? 'border-accent-line bg-accent-soft text-accent-text' : 'border-line-strong bg-surface hover:bg-hover')}>
      {children}{count !== null && <span className={classNames('num font-regular', !on && 'text-muted')}>{count}</span>}
    </button>
  );
}
