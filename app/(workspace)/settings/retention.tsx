'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { RetentionSettings } from '#db/retention-settings';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Checkbox } from '../../_ui/checkbox';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { Select } from '../../_ui/select';
import { toast } from '../../_ui/toast';

type Choice = 'default' | 'days' | 'always';
/** `standardDays`: what holds where the workspace says nothing; null: for good. */
type Props = { stored: RetentionSettings | null; standardDays: number | null; canEdit: boolean };

const choiceOf = (stored: RetentionSettings | null): Choice => (stored === null ? 'default' : stored.runDays === null ? 'always' : 'days');

export function Retention({ stored, standardDays, canEdit }: Props) {
  const t = useTranslations('settings');
  const common = useTranslations('common');
  const router = useRouter();
  const [choice, setChoice] = useState(choiceOf(stored));
  const [days, setDays] = useState(String(stored?.runDays ?? 90));
  const [archive, setArchive] = useState(stored?.archive ?? false);
  const [error, setError] = useState('');
  const wanted: RetentionSettings | null = choice === 'default' ? null : { runDays: choice === 'always' ? null : Number(days), archive: choice === 'days' && archive };
  const isSame = JSON.stringify(wanted) === JSON.stringify(stored);
  const save = async () => {
    if (choice === 'days' && !/^[1-9]\d{0,3}$/.test(days.trim())) return setError(t('retentionDaysWrong'));
    const answer = await api('/workspace', { method: 'PATCH', body: { retention: wanted } });
    if (!answer.ok) return setError(answer.failure.message);
    setError('');
    toast.success(t('retentionSaved'));
    router.refresh();
  };
  const options = [
    { value: 'default' as const, label: t('retentionDefault', { days: standardDays ?? 0 }) },
    { value: 'days' as const, label: t('retentionDays') },
    { value: 'always' as const, label: t('retentionAlways') },
  ];
  return (
    <form noValidate className="flex max-w-120 flex-col gap-3 px-5" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <Field label={t('retentionKeep')} help={canEdit ? undefined : t('readOnly')}><Select label={t('retentionKeep')} value={choice} options={options} onChange={setChoice} disabled={!canEdit} /></Field>
      {choice === 'days' && (
        <>
          <Field label={t('retentionDaysField')} error={error}><Input value={days} inputMode="numeric" readOnly={!canEdit} onChange={(event) => setDays(event.target.value)} className="max-w-32" /></Field>
          <Checkbox checked={archive} onChange={setArchive} disabled={!canEdit}>{t('retentionArchive')}</Checkbox>
        </>
      )}
      {choice !== 'days' && error !== '' && <p role="alert" className="text-sm text-danger">{error}</p>}
      {canEdit && <div><Button type="submit" size="lg" disabled={isSame}>{common('save')}</Button></div>}
    </form>
  );
}
