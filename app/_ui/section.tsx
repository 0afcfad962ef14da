import type { ReactNode } from 'react';

/** A titled part of a page, with its one action at the right. */
export function Section({ title, why, action, children }: { title: ReactNode; why?: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <section className="border-b border-line py-6 last:border-b-0">
      <div className="mb-3 flex items-start gap-4 px-5">
        <div className="min-w-0 flex-1"><h2 className="text-md font-strong">{title}</h2>{why && <p className="max-w-160 text-xs text-muted">{why}</p>}</div>
        {action}
      </div>
      {children}
    </section>
  );
}
