'use client';
import { Tabs as Base } from '@base-ui/react/tabs';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Icon } from './icon';

export type Tab<V extends string = string> = { value: V; label: ReactNode; count?: number | undefined; icon?: string };
type Props<V extends string> = { tabs: readonly Tab<V>[]; value: V; onChange: (value: V) => void; label?: string; className?: string };

/** Only the row of tabs: what they show stands beside it, drawn by the owner. */
export function Tabs<V extends string>({ tabs, value, onChange, label, className = '' }: Props<V>) {
  const t = useTranslations('common');
  return (
    <Base.Root value={value} onValueChange={(next: V) => onChange(next)} className={className}>
      <Base.List aria-label={label ?? t('views')} className="flex h-9 gap-4">
        {tabs.map((each) => (
          <Base.Tab key={each.value} value={each.value} className="flex h-9 items-center gap-[5px] border-b-2 border-transparent font-medium whitespace-nowrap text-muted hover:text-text data-active:border-accent data-active:text-text">
            {each.icon && <Icon name={each.icon} size={14} />}
            {each.label}
            {each.count !== undefined && <span className="num text-2xs text-faint">{each.count}</span>}
          </Base.Tab>
        ))}
      </Base.List>
    </Base.Root>
  );
}
