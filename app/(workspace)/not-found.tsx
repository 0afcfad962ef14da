import { getTranslations } from 'next-intl/server';
import { ButtonLink } from '../_ui/button';

/** Inside the shell, so that one can go on from here. */
export default async function NotFoundHere() {
  const t = await getTranslations('shell.notFound');
  return (
    <div className="px-5 py-12">
      <h1 className="text-lg font-strong">{t('title')}</h1>
      <p className="mt-1 max-w-110 text-sm text-muted">{t('why')}</p>
      <p className="mt-4"><ButtonLink variant="primary" href="/">{t('home')}</ButtonLink></p>
    </div>
  );
}
