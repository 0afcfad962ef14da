import type { ReactNode } from 'react';

export function AuthHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <>
      <h1 className="text-xl font-strong">{title}</h1>
      {children && <p className="mt-1 text-md text-muted">{children}</p>}
    </>
  );
}
