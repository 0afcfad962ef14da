'use client';
import { useTranslations } from 'next-intl';
import { Button } from './button';
import { Field } from './field';
import { Input } from './input';
import { toast } from './toast';

/** A secret that is shown this once: selected at a click, copied at another. */
export function OnceShown({ label, value, help }: { label: string; value: string; help: string }) {
  const t = useTranslations('common');
  const copy = async () => {
    await navigator.clipboard.writeText(value).then(() => toast.success(t('copied')), () => toast.error(t('copyFailed')));
  };
  return (
    <Field label={label} help={help}>
      <span className="flex gap-2">
        <Input aria-label={label} readOnly value={value} onFocus={(event) => event.currentTarget.select()} className="mono" />
        <Button size="lg" icon="copy" onClick={() => void copy()}>{t('copy')}</Button>
      </span>
    </Field>
  );
}
