'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { HookView } from '#db/hooks';
import { api } from '../_client/api';
import { Button } from '../_ui/button';
import { Field } from '../_ui/field';
import { Input } from '../_ui/input';
import { OnceShown } from '../_ui/once-shown';
import { Switch } from '../_ui/switch';

export type NewHookAnswer = HookView & { token: string; url: string; signingSecret: string | null };

export function NewHook({ flowId, onMade }: { flowId: string; onMade: (made: NewHookAnswer) => void }) {
  const t = useTranslations('triggers');
  const [name, setName] = useState('');
  const [signed, setSigned] = useState(false);
  const [error, setError] = useState('');
  const make = async () => {
    if (name.trim() === '') return setError(t('hookNameMissing'));
    const answer = await api<NewHookAnswer>(`/flows/${flowId}/hooks`, { method: 'POST', body: { name: name.trim(), signed } });
    if (answer.ok) onMade(answer.data);
    else setError(answer.failure.message);
  };
  return (
    <form className="grid gap-3 rounded-2 border border-line bg-sunken p-3" noValidate onSubmit={(event) => { event.preventDefault(); event.stopPropagation(); void make(); }}>
      <Field label={t('hookName')} help={t('hookNameHelp')} error={error}><Input value={name} maxLength={100} onChange={(event) => { setName(event.target.value); setError(''); }} /></Field>
      <div>
        <Switch checked={signed} onChange={setSigned}>{t('onlySigned')}</Switch>
        <p className="mt-0.5 ml-9 text-xs text-muted">{t('onlySignedHelp')}</p>
      </div>
      <div><Button type="submit" icon="plus">{t('makeHook')}</Button></div>
    </form>
  );
}

/** Address and secret, this once, with a call that works as it stands. */
export function HookSecretsShown({ made, onDone }: { made: NewHookAnswer; onDone: () => void }) {
  const t = useTranslations('triggers');
  const call = `curl -X POST '${made.url}?wait=30' -H 'Content-Type: application/json' -d '{}'`;
  return (
    <div className="grid gap-3.5">
      <OnceShown label={t('address')} value={made.url} help={t('addressHelp')} />
      {made.signingSecret !== null && <OnceShown label={t('secret')} value={made.signingSecret} help={t('secretHelp')} />}
      {made.signingSecret === null && <Field label={t('tryIt')}><pre className="mono overflow-x-auto rounded-2 border border-line bg-sunken p-2 text-xs whitespace-pre-wrap" tabIndex={0}>{call}</pre></Field>}
      <div><Button variant="primary" onClick={onDone}>{t('done')}</Button></div>
    </div>
  );
}
