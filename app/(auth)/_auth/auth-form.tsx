'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { authApi, type ApiFailure } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { PasswordInput } from '../../_ui/password-input';
import { StatusMark } from '../../_ui/status-mark';

type Name = 'name' | 'email' | 'password';
type Errors = Partial<Record<Name | 'form', string>>;
type Props = {
  mode: 'sign-in' | 'sign-up';
  next: string;
  invitationToken?: string;
  /** An invitation for one address only. */
  email?: string | null;
};

/** Signing in or up at better-auth's own paths; what is wrong stands under its field. */
export function AuthForm({ mode, next, invitationToken, email: invitedEmail }: Props) {
  const t = useTranslations('auth');
  const [draft, setDraft] = useState({ name: '', email: invitedEmail ?? '', password: '' });
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const names: Name[] = mode === 'sign-up' ? ['name', 'email', 'password'] : ['email', 'password'];

  const check = (): Errors => {
    const found: Errors = {};
    if (mode === 'sign-up' && draft.name.trim() === '') found.name = t('error.name');
    if (draft.email.trim() === '') found.email = t('error.email');
    else if (!/^\S+@\S+\.\S+$/.test(draft.email.trim())) found.email = t('error.emailForm');
    if (draft.password === '') found.password = t('error.password');
    else if (mode === 'sign-up' && draft.password.length < 8) found.password = t('error.passwordShort');
    return found;
  };
  const submit = async (form: HTMLFormElement) => {
    const found = check();
    setErrors(found);
    const first = names.find((each) => found[each]);
    if (first) return focusField(form, first);
    setBusy(true);
    const { name, email, password } = draft;
    const body = mode === 'sign-up' ? { name: name.trim(), email: email.trim(), password, ...(invitationToken ? { invitationToken } : {}) } : { email: email.trim(), password };
    const answer = await authApi(`/${mode}/email`, body);
    // A full load on purpose: everything drawn so far was drawn for nobody.
    if (answer.ok) return window.location.assign(next);
    setBusy(false);
    const at = fieldOf(answer.failure);
    setErrors({ [at]: answer.failure.message });
    if (at !== 'form') focusField(form, at);
  };
  const control = (name: Name) => ({
    name, value: draft[name], size: 'xl' as const, required: true, onChange: (event: React.ChangeEvent<HTMLInputElement>) => setDraft({ ...draft, [name]: event.target.value }),
  });

  return (
    <form noValidate method="post" className="mt-5 flex flex-col gap-4" onSubmit={(event) => { event.preventDefault(); void submit(event.currentTarget); }}>
      {mode === 'sign-up' && <Field label={t('name')} error={errors.name}><Input {...control('name')} autoComplete="name" autoFocus maxLength={100} /></Field>}
      <Field label={t('email')} error={errors.email}><Input {...control('email')} type="email" inputMode="email" autoComplete="username" autoFocus={mode === 'sign-in'} readOnly={Boolean(invitedEmail)} maxLength={254} /></Field>
      <Field label={t('password')} error={errors.password} help={mode === 'sign-up' ? t('passwordHelp') : undefined}>
        <PasswordInput {...control('password')} autoComplete={mode === 'sign-up' ? 'new-password' : 'current-password'} maxLength={128} />
      </Field>
      {errors.form && <p role="alert" className="flex items-start gap-2 rounded-2 bg-danger-soft px-3 py-2 text-xs text-danger"><StatusMark status="failed" size={14} className="mt-px" />{errors.form}</p>}
      <Button type="submit" variant="primary" size="lg" disabled={busy} className="mt-1 h-9 w-full text-md">{t(busy ? `${key(mode)}.busy` : `${key(mode)}.submit`)}</Button>
    </form>
  );
}

const key = (mode: Props['mode']) => (mode === 'sign-in' ? 'signIn' : 'signUp');

function fieldOf(failure: ApiFailure): Name | 'form' {
  switch (failure.code) {
    case 'LOGIN_FAILED': case 'TOO_MANY_REQUESTS': case 'PASSWORD_WEAK': return 'password';
    case 'USER_EXISTS': return 'email';
    default: return 'form';
  }
}

function focusField(form: HTMLFormElement, name: Name): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.focus();
}
