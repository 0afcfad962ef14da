import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { ButtonLink } from './_ui/button';
import { Mark } from './_ui/mark';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('shell'))('notFound.title') };
}

export default async function NotFound() {
  const t = await getTranslations('shell');
  return (
    <main className="flex min-h-dvh flex-col items-start justify-center gap-1 bg-surface px-[max(24px,20vw)] py-10">
      <Mark size={32} />
      <h1 className="mt-5 text-xl font-strong">{t('notFound.title')}</h1>
      <p className="max-w-110 text-md text-muted">{t('notFound.why')}</p>
      <p className="mt-5 flex gap-2"><ButtonLink variant="primary" size="lg" href="/">{t('notFound.home')}</ButtonLink><ButtonLink size="lg" href="/runs">{t('place.runs')}</ButtonLink></p>
    </main>
  );
}
