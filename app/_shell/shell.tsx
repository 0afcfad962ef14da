'use client';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';
import { usePlace } from '../_client/whereabouts';
import { BottomBar } from './bottom-bar';
import { CommandPalette } from './command-palette';
import { Sidebar, type SidebarFacts } from './sidebar';

const elsewhere = { page: 'elsewhere' } as const;

/** Everything around a page of the workspace. */
export function Shell({ facts, canEdit, children }: { facts: SidebarFacts; canEdit: boolean; children: ReactNode }) {
  const t = useTranslations('shell');
  const [finding, setFinding] = useState(false);
  usePlace(elsewhere);
  return (
    <div className="flex h-dvh flex-col overflow-hidden md:flex-row">
      <a href="#main" className="sr-only rounded-2 bg-raised px-3 py-2 shadow-pop focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-90">{t('skip')}</a>
      <Sidebar facts={facts} onFind={() => setFinding(true)} />
      <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col overflow-auto bg-surface outline-none">{children}</main>
      <BottomBar onFind={() => setFinding(true)} />
      <CommandPalette open={finding} onOpenChange={setFinding} canEdit={canEdit} role={facts.workspace.role} />
    </div>
  );
}
