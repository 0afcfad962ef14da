'use client';
import { useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';
import { Button } from './button';
import { Menu } from './menu';
import { currentTheme, keepTheme, type Theme } from './preferences';

export const themeIcons = { system: 'monitor', light: 'sun', dark: 'moon' } as const;

export function useTheme(): Theme {
  return useSyncExternalStore(watchTheme, currentTheme, () => 'system');
}

function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

export function ThemeChoice() {
  const t = useTranslations('common.theme');
  const theme = useTheme();
  const options: Theme[] = ['system', 'light', 'dark'];
  return (
    <Menu label={t('label')} side="top" trigger={<Button variant="ghost" size="sm" icon={themeIcons[theme]}>{t(theme)}</Button>}
      items={options.map((each) => ({ label: t(each), icon: themeIcons[each], checked: each === theme, onSelect: () => keepTheme(each) }))} />
  );
}
