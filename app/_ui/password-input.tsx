'use client';
import { useTranslations } from 'next-intl';
import { useState, type ComponentProps } from 'react';
import { Icon } from './icon';
import { Input } from './input';

/** With an eye to check what was typed. */
export function PasswordInput(props: Omit<ComponentProps<typeof Input>, 'type' | 'icon'>) {
  const t = useTranslations('common');
  const [shown, setShown] = useState(false);
  return (
    <span className="relative block">
      <Input {...props} type={shown ? 'text' : 'password'} className="pr-9" />
      <button type="button" aria-label={t('showPassword')} aria-pressed={shown} onClick={() => setShown(!shown)} className="absolute inset-y-1 right-1 flex w-7 items-center justify-center rounded-1 text-faint hover:text-text">
        <Icon name={shown ? 'eye-off' : 'eye'} size={16} />
      </button>
    </span>
  );
}
