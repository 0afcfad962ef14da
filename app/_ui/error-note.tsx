import type { ReactNode } from 'react';
import { StatusMark } from './status-mark';

/** What failed, what is safe and when it is tried again, one action. */
export function ErrorNote({ title, children, action, className = 'p-5' }: { title: ReactNode; children?: ReactNode; action?: ReactNode; className?: string }) {
  return (
    <div role="alert" className={className}>
      <p className="flex items-center gap-2 text-sm font-strong"><StatusMark status="failed" size={14} />{title}</p>
      {children && <div className="mt-1 max-w-110 text-xs text-muted">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap items-center gap-2">{action}</div>}
    </div>
  );
}
