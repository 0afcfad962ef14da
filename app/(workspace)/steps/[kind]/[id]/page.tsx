import type { Metadata } from 'next';
import { getLocale, getTranslations } from 'next-intl/server';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { catalogue, groupTitle } from '#flow/catalogue';
import { requireAccess } from '../../../../_server/access';
import { Badge } from '../../../../_ui/badge';
import { Icon } from '../../../../_ui/icon';
import { PageHead } from '../../../../_ui/page-head';
import { StepTile } from '../../../../_ui/step-tile';
import { StepErrors } from './step-errors';
import { StepExample } from './step-example';
import { StepParams } from './step-params';

type Params = { params: Promise<{ kind: string; id: string }> };

async function entryOf({ params }: Params) {
  const { kind, id } = await params;
  return catalogue.find((each) => each.key === `${kind}/${id}`) ?? notFound();
}

async function language(): Promise<'en' | 'fr'> {
  return (await getLocale()) === 'fr' ? 'fr' : 'en';
}

export async function generateMetadata(page: Params): Promise<Metadata> {
  return { title: (await entryOf(page)).title[await language()] };
}

/** The documentation of a step, derived from its catalogue entry alone. */
export default async function StepPage(page: Params) {
  await requireAccess();
  const [entry, locale, t] = await Promise.all([entryOf(page), language(), getTranslations('steps')]);
  const beside = catalogue.filter((each) => each.group === entry.group && each.key !== entry.key);
  return (
    <>
      <PageHead title={entry.title[locale]} before={<nav aria-label={t('path')} className="flex items-center gap-1.5 text-faint"><Link href="/steps" className="text-muted hover:text-text">{t('title')}</Link><Icon name="chevron-right" size={12} /></nav>} />
      <div className="flex flex-col gap-10 px-5 py-6 xl:flex-row">
        <article className="max-w-180 min-w-0 flex-1">
          <header className="flex items-start gap-3">
            <StepTile group={entry.group} icon={entry.icon} size={40} />
            <div>
              <p className="text-lg font-strong">{entry.title[locale]}</p>
              <p className="text-sm text-muted">{entry.summary[locale]}</p>
              <p className="mt-2 flex flex-wrap gap-1.5">
                <Badge>{t(`kind.${entry.kind}`)}</Badge><Badge>{groupTitle(entry.group)[locale]}</Badge><Badge>{t(`class.${entry.class}`)}</Badge>
                {entry.sources && <Badge>{t(`sources.${entry.sources}`)}</Badge>}
                {entry.cardinality && <Badge className="num">{entry.cardinality}</Badge>}
              </p>
            </div>
          </header>
          <div className="mt-5 grid gap-3 text-md leading-6">{entry.help[locale].split(/\n\s*\n/).filter((each) => each.trim() !== '').map((paragraph) => <p key={paragraph}>{paragraph}</p>)}</div>
          <Part title={t('parameters')}><StepParams meta={entry.meta} /></Part>
          <Part title={t('examples')}>{entry.examples.length === 0 ? <p className="text-sm text-muted">{t('noExamples')}</p> : entry.examples.map((example) => <StepExample key={example.title.en} example={example} />)}</Part>
          <Part title={t('errors')}><StepErrors errors={entry.errors} /></Part>
          <p className="mt-8 text-xs text-muted">{t.rich('typeIn', { kind: t(`kind.${entry.kind}`), id: () => <code className="mono rounded-1 bg-sunken px-1 text-text">{entry.id}</code> })}</p>
        </article>
        {beside.length > 0 && (
          <aside className="flex-none xl:w-60" aria-label={t('beside')}>
            <h2 className="mb-1 text-xs font-strong">{t('beside')}</h2>
            <ul className="-mx-2">{beside.map((each) => <li key={each.key}><Link href={`/steps/${each.key}`} className="flex h-8 items-center gap-2 rounded-2 px-2 hover:bg-hover"><StepTile group={each.group} icon={each.icon} size={20} /><span className="truncate">{each.title[locale]}</span></Link></li>)}</ul>
          </aside>
        )}
      </div>
    </>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return <section className="mt-8"><h2 className="mb-2 text-md font-strong">{title}</h2>{children}</section>;
}
