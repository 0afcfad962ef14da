import type { ReactNode } from 'react';

/** One line what, one line why, one action. */
export function Empty({ title, why, action, className = 'p-5' }: { title: ReactNode; why?: ReactNode; action?: ReactNode; className?: string }) {
  return (
    <div className={className}>
      <p className="text-sm font-strong">{title}</p>
      {why && <p className="mt-1 max-w-110 text-xs text-muted">{why}</p>}
      {action && <div className="mt-3 flex flex-wrap items-center gap-2">{action}</div>}
    </div>
  );
}
