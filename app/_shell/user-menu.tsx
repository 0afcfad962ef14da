'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import type { ReactElement } from 'react';
import { Menu } from '../_ui/menu';
import { keepLocale, keepTheme, type Theme } from '../_ui/preferences';
import { themeIcons, useTheme } from '../_ui/theme-choice';
import { useSignOut } from './use-sign-out';

const themes: Theme[] = ['system', 'light', 'dark'];

export function UserMenu({ trigger }: { trigger: ReactElement }) {
  const t = useTranslations('shell');
  const common = useTranslations('common');
  const locale = useLocale();
  const theme = useTheme();
  const router = useRouter();
  const { signOut, dialog } = useSignOut();
  const speak = (next: 'en' | 'fr') => { keepLocale(next); router.refresh(); };
  return (<>
    <Menu label={t('user')} side="top" trigger={trigger} items={[
      { label: t('account'), icon: 'user', href: '/account' },
      { separator: true },
      { heading: common('language') },
      { label: <span lang="en">English</span>, checked: locale === 'en', onSelect: () => speak('en') },
      { label: <span lang="fr">Français</span>, checked: locale === 'fr', onSelect: () => speak('fr') },
      { heading: common('theme.label') },
      ...themes.map((each) => ({ label: common(`theme.${each}`), icon: themeIcons[each], checked: theme === each, onSelect: () => keepTheme(each) })),
      { separator: true },
      { label: t('signOut'), icon: 'log-out', onSelect: signOut },
    ]} />
    {dialog}
  </>);
}
