import { shapeOf } from './status-shape';

/** How far something is; the numbers stand beside it. */
export function Meter({ done, total, status = 'running', width = 72 }: { done: number; total: number; status?: string; width?: number }) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  const shape = shapeOf(status);
  return <span aria-hidden className="relative inline-block h-1 overflow-hidden rounded-[2px] bg-pressed align-middle" style={{ width }}><i className="absolute inset-y-0 left-0 rounded-[2px]" style={{ width: `${share * 100}%`, background: shape === 'idle' ? 'var(--accent)' : `var(--status-${shape})` }} /></span>;
}
