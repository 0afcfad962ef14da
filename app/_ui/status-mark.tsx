import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { shapeColour, shapeOf, type Shape } from './status-shape';

const ink = 'var(--surface)';
const drawings: Record<Shape, ReactNode> = {
  idle: <circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" />,
  queued: <circle cx="8" cy="8" r="6" strokeDasharray="2.3 2.4" />,
  running: <><circle cx="8" cy="8" r="6" opacity=".28" /><path d="M8 2a6 6 0 0 1 5.2 9" /><circle cx="8" cy="8" r="2" fill="currentColor" stroke="none" /></>,
  waiting: <><path d="M8 .9 15.1 8 8 15.1.9 8Z" fill="currentColor" stroke="none" /><path d="M6.3 5.8v4.4M9.7 5.8v4.4" stroke={ink} /></>,
  retrying: <path d="M13.7 8A5.7 5.7 0 1 1 11.8 3.7M13.5 1.5v3.2h-3.2" />,
  succeeded: <><circle cx="8" cy="8" r="7" fill="currentColor" stroke="none" /><path d="m5 8.3 2.1 2.1L11 6.2" stroke={ink} /></>,
  warning: <><path d="M8 1.3 15.3 14H.7Z" fill="currentColor" strokeWidth="1.3" /><path d="M8 6v3.6M8 11.9v.1" stroke={ink} /></>,
  failed: <><path d="M5 1h6l4 4v6l-4 4H5l-4-4V5Z" fill="currentColor" stroke="none" /><path d="m5.7 5.7 4.6 4.6M10.3 5.7l-4.6 4.6" stroke={ink} /></>,
  skipped: <path d="M3 4.2 7 8l-4 3.800M8.5 4.2l4 3.800-4 3.800" />,
  cancelled: <><rect x="2" y="2" width="12" height="12" rx="2.5" /><path d="M5.5 8h5" /></>,
  disabled: <><circle cx="8" cy="8" r="6" /><path d="m3.9 3.9 8.2 8.2" /></>,
};

type Props = { status: string; size?: number; still?: boolean; className?: string };

/**
 * The shape of a run's or step's status; its words stand beside it. `still` keeps the running ring from turning; otherwise all of
 * it turns, which looks the same and needs no layout.
 */
export function StatusMark({ status, size = 14, still = false, className }: Props) {
  const shape = shapeOf(status);
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden focusable={false} className={classNames('flex-none', shapeColour[shape], shape === 'running' && !still && 'mark-turning', className)}>
      {drawings[shape]}
    </svg>
  );
}
