import type { ReactNode } from 'react';

export function Kbd({ keys, children }: { keys?: string; children?: ReactNode }) {
  return <kbd className="flex-none rounded-1 border border-line-strong bg-surface px-1 font-sans text-2xs font-medium text-muted">{children ?? keys}</kbd>;
}
