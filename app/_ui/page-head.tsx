import type { ReactNode } from 'react';

/** The 48 px bar every page starts with. `before` stands left of the title (crumbs), `children` between title and actions. */
export function PageHead({ title, count, actions, before, children }: { title: ReactNode; count?: ReactNode; actions?: ReactNode; before?: ReactNode; children?: ReactNode }) {
  return (
    <header className="flex h-12 flex-none items-center gap-2 border-b border-line px-5">
      {before}
      <h1 className="min-w-0 truncate text-md font-strong">{title}</h1>
      {count !== undefined && <span className="num text-xs text-faint">{count}</span>}
      {children}
      <div className="ml-auto flex flex-none items-center gap-2 pl-2">{actions}</div>
    </header>
  );
}
