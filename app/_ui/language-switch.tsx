'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { keepLocale } from './preferences';
import { Segmented } from './segmented';

export function LanguageSwitch() {
  const t = useTranslations('common');
  const router = useRouter();
  const locale = useLocale();
  return (
    <Segmented label={t('language')} value={locale === 'fr' ? 'fr' : 'en'} options={[{ value: 'en', label: <span lang="en">English</span> }, { value: 'fr', label: <span lang="fr">Français</span> }]}
      onChange={(next) => { keepLocale(next); router.refresh(); }} />
  );
}
