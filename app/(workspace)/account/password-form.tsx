'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { authApi } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Checkbox } from '../../_ui/checkbox';
import { Field } from '../../_ui/field';
import { PasswordInput } from '../../_ui/password-input';
import { toast } from '../../_ui/toast';

const empty = { current: '', next: '' };

export function PasswordForm({ email }: { email: string }) {
  const t = useTranslations('account');
  const router = useRouter();
  const [draft, setDraft] = useState(empty);
  const [elsewhere, setElsewhere] = useState(true);
  const [errors, setErrors] = useState<Partial<typeof empty>>({});
  const [busy, setBusy] = useState(false);
  const change = async () => {
    const found = { ...(draft.current === '' ? { current: t('currentMissing') } : {}), ...(draft.next.length < 8 ? { next: t('tooShort') } : {}) };
    setErrors(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const answer = await authApi('/change-password', { currentPassword: draft.current, newPassword: draft.next, revokeOtherSessions: elsewhere });
    setBusy(false);
    if (!answer.ok) return setErrors(answer.failure.code === 'PASSWORD_WEAK' ? { next: answer.failure.message } : { current: answer.failure.message });
    setDraft(empty);
    toast.success(t('passwordChanged'));
    router.refresh();
  };
  return (
    <form noValidate className="grid max-w-80 gap-3.5 px-5" onSubmit={(event) => { event.preventDefault(); void change(); }}>
      {/* Password managers store the new one under this name. */}
      <input type="text" name="username" autoComplete="username" defaultValue={email} hidden readOnly />
      <Field label={t('current')} error={errors.current}><PasswordInput value={draft.current} autoComplete="current-password" onChange={(event) => setDraft({ ...draft, current: event.target.value })} /></Field>
      <Field label={t('next')} error={errors.next} help={t('nextHelp')}><PasswordInput value={draft.next} autoComplete="new-password" maxLength={128} onChange={(event) => setDraft({ ...draft, next: event.target.value })} /></Field>
      <Checkbox checked={elsewhere} onChange={setElsewhere}>{t('elsewhere')}</Checkbox>
      <div><Button type="submit" size="lg" disabled={busy}>{t('change')}</Button></div>
    </form>
  );
}
