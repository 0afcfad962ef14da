'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '../../_ui/button';
import { Empty } from '../../_ui/empty';
import { Input } from '../../_ui/input';
import { StepTile } from '../../_ui/step-tile';

type Listed = { key: string; kind: 'dataflow' | 'workflow'; id: string; icon: string; title: string; summary: string };
type Props = { groups: readonly { group: string; title: string; steps: readonly Listed[] }[] };

/** Every step by group, in the colours they have on the canvas. */
export function StepList({ groups }: Props) {
  const t = useTranslations('steps');
  const [search, setSearch] = useState('');
  const words = search.trim().toLowerCase();
  const found = groups.map((each) => ({ ...each, steps: each.steps.filter((step) => `${step.title} ${step.summary} ${step.id}`.toLowerCase().includes(words)) })).filter((each) => each.steps.length > 0);
  return (
    <>
      <div className="flex min-h-11 flex-none items-center gap-3 border-b border-line px-5">
        <span className="w-70 max-w-full"><Input size="md" icon="search" type="search" aria-label={t('find')} placeholder={t('find')} value={search} onChange={(event) => setSearch(event.target.value)} className="text-xs" /></span>
        <span className="hidden truncate text-xs text-muted sm:block">{t('intro')}</span>
      </div>
      <div className="pb-10">
        {found.map(({ group, title, steps }) => (
          <section key={group} className="px-5 pt-5">
            <h2 className="mb-1.5 flex items-center gap-2 text-xs font-strong"><i className="size-2 rounded-[2px]" style={{ background: `var(--tint-${group}-ink)` }} />{title}<span className="num font-medium text-muted">{steps.length}</span></h2>
            <ul className="-mx-2 grid gap-x-6 sm:grid-cols-2 xl:grid-cols-3">
              {steps.map((step) => (
                <li key={step.key}>
                  <Link href={`/steps/${step.key}`} className="flex h-12 items-center gap-3 rounded-2 px-2 hover:bg-hover">
                    <StepTile group={group} icon={step.icon} />
                    <span className="min-w-0"><span className="block truncate leading-[18px] font-medium">{step.title}</span><span className="block truncate text-xs text-muted">{step.summary}</span></span>
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        ))}
        {found.length === 0 && <Empty title={t('noMatch')} why={t('noMatchWhy')} action={<Button onClick={() => setSearch('')}>{t('all')}</Button>} />}
      </div>
    </>
  );
}
