'use client';
import { useTranslations } from 'next-intl';
import { api } from '../../_client/api';
import { NameForm } from '../../_shell/name-form';

export function WorkspaceName({ name, canEdit }: { name: string; canEdit: boolean }) {
  const t = useTranslations('settings');
  return <NameForm name={name} label={t('name')} missing={t('nameMissing')} saved={t('nameSaved')} {...(canEdit ? {} : { readOnly: t('readOnly') })} rename={(wanted) => api('/workspace', { method: 'PATCH', body: { name: wanted } })} />;
}
