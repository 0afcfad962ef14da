'use client';
import { useTranslations } from 'next-intl';
import { authApi } from '../../_client/api';
import { NameForm } from '../../_shell/name-form';

export function AccountName({ name }: { name: string }) {
  const t = useTranslations('account');
  return <NameForm name={name} label={t('name')} missing={t('nameMissing')} saved={t('nameSaved')} autoComplete="name" rename={(wanted) => authApi('/update-user', { name: wanted })} />;
}
