'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ConnectorView } from '#db/connectors';
import type { SystemView } from '#db/integrations';
import { defaultSettings, type ConnectorAuth } from '#flow/integration';
import { Button } from '../../_ui/button';
import { Dialog } from '../../_ui/dialog';
import { Field } from '../../_ui/field';
import { IconButton } from '../../_ui/icon-button';
import { Input } from '../../_ui/input';
import { PasswordInput } from '../../_ui/password-input';
import { Select } from '../../_ui/select';
import { Switch } from '../../_ui/switch';
import { useSave } from './use-save';

type Kind = ConnectorAuth['type'];
const kinds: readonly Kind[] = ['none', 'basic', 'bearer', 'apiKey', 'oauth2'];

/** Where calls go and as whom. The credential is written here and shown nowhere. */
export function ConnectorDialog({ system, connector, onClose }: { system: SystemView; connector: ConnectorView | null; onClose: () => void }) {
  const t = useTranslations('integrations');
  const common = useTranslations('common');
  const before = connector?.settings ?? defaultSettings;
  const [name, setName] = useState(connector?.name ?? '');
  const [address, setAddress] = useState(before.address ?? '');
  const [auth, setAuth] = useState<ConnectorAuth>(before.auth);
  const [credential, setCredential] = useState('');
  const [headers, setHeaders] = useState(before.headers);
  const [timeout, setTimeout] = useState(String(before.timeoutMs / 1_000));
  const [rate, setRate] = useState(before.ratePerSecond === null ? '' : String(before.ratePerSecond));
  const [allowPrivate, setAllowPrivate] = useState(before.allowPrivate);
  const { errors, busy, save, setErrors } = useSave(['name', 'address', 'auth', 'credential', 'headers', 'timeoutMs', 'ratePerSecond'], onClose);
  const keeps = connector?.hasCredential === true && auth.type === before.auth.type;
  const submit = () => {
    if (name.trim() === '') return setErrors({ name: t('nameMissing') });
    const body = {
      name: name.trim(), address: address.trim() || null, auth, headers: headers.filter((each) => each.name !== ''), timeoutMs: Math.round(Number(timeout) * 1_000), ratePerSecond: rate.trim() === '' ? null : Number(rate), allowPrivate,
      ...(credential === '' ? {} : { credential }),
    };
    void save(connector ? `/connectors/${connector.id}` : '/connectors', connector ? 'PATCH' : 'POST', connector ? body : { systemId: system.id, ...body });
  };
  return (
    <Dialog open onClose={onClose} size="lg" title={connector ? t('editConnector') : t('newConnector')} description={t('connectorWhy')} onSubmit={submit}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" disabled={busy}>{t('save')}</Button></>}>
      <div className="grid gap-3.5">
        <Field label={t('name')} required error={errors['name']}><Input autoFocus value={name} onChange={(event) => setName(event.target.value)} maxLength={200} /></Field>
        <Field label={t('address')} help={system.baseUrl ? t('addressHelp', { url: system.baseUrl }) : t('addressNeeded')} error={errors['address']}><Input className="mono" value={address} placeholder={system.baseUrl ?? 'https://api.example.com/v1'} onChange={(event) => setAddress(event.target.value)} maxLength={2000} /></Field>
        <Field label={t('authLabel')} error={errors['auth']}><Select label={t('authLabel')} value={auth.type} onChange={(kind) => setAuth(emptyAuth(kind))} options={kinds.map((kind) => ({ value: kind, label: t(`auth.${kind}`) }))} /></Field>
        <AuthFields auth={auth} onChange={setAuth} />
        {auth.type !== 'none' && (
          <Field label={t(`credential.${auth.type}`)} help={keeps ? t('credentialKept') : t('credentialHelp')} error={errors['credential']}>
            <PasswordInput autoComplete="new-password" value={credential} placeholder={keeps ? '••••••••' : ''} onChange={(event) => setCredential(event.target.value)} maxLength={8000} />
          </Field>
        )}
        <fieldset className="grid gap-2">
          <legend className="mb-[5px] text-xs font-medium text-muted">{t('headers')}</legend>
          {headers.map((header, place) => (
            <div key={place} className="flex items-center gap-2">
              <Input className="mono" aria-label={t('headerName')} value={header.name} placeholder="X-Header" onChange={(event) => setHeaders(headers.with(place, { ...header, name: event.target.value }))} />
              <Input className="mono" aria-label={t('headerValue')} value={header.value} onChange={(event) => setHeaders(headers.with(place, { ...header, value: event.target.value }))} />
              <IconButton label={t('removeHeader')} icon="x" onClick={() => setHeaders(headers.filter((_each, at) => at !== place))} />
            </div>
          ))}
          {errors['headers'] && <p role="alert" className="text-xs text-danger">{errors['headers']}</p>}
          <Button size="sm" variant="ghost" icon="plus" className="justify-self-start" onClick={() => setHeaders([...headers, { name: '', value: '' }])}>{t('addHeader')}</Button>
        </fieldset>
        <div className="grid grid-cols-2 gap-3.5">
          <Field label={t('timeout')} error={errors['timeoutMs']}><Input inputMode="decimal" value={timeout} onChange={(event) => setTimeout(event.target.value)} /></Field>
          <Field label={t('rate')} help={t('rateHelp')} error={errors['ratePerSecond']}><Input inputMode="decimal" value={rate} onChange={(event) => setRate(event.target.value)} /></Field>
        </div>
        <div><Switch checked={allowPrivate} onChange={setAllowPrivate}>{t('allowPrivate')}</Switch><p className="mt-1 text-xs text-muted">{t('allowPrivateHelp')}</p></div>
        {errors[''] && <p role="alert" className="text-xs text-danger">{errors['']}</p>}
      </div>
    </Dialog>
  );
}

function AuthFields({ auth, onChange }: { auth: ConnectorAuth; onChange: (auth: ConnectorAuth) => void }) {
  const t = useTranslations('integrations');
  switch (auth.type) {
    case 'none': case 'bearer':
      return null;
    case 'basic':
      return <Field label={t('userName')} required><Input value={auth.userName} onChange={(event) => onChange({ ...auth, userName: event.target.value })} maxLength={200} /></Field>;
    case 'apiKey':
      return (
        <div className="grid grid-cols-2 gap-3.5">
          <Field label={t('keyPlace')}><Select label={t('keyPlace')} value={auth.in} onChange={(place) => onChange({ ...auth, in: place })} options={[{ value: 'header', label: t('inHeader') }, { value: 'query', label: t('inQuery') }]} /></Field>
          <Field label={t('keyName')} required><Input className="mono" value={auth.name} onChange={(event) => onChange({ ...auth, name: event.target.value })} maxLength={100} /></Field>
        </div>
      );
    case 'oauth2':
      return (
        <div className="grid gap-3.5">
          <Field label={t('tokenUrl')} required><Input className="mono" value={auth.tokenUrl} placeholder="https://login.example.com/token" onChange={(event) => onChange({ ...auth, tokenUrl: event.target.value })} maxLength={2000} /></Field>
          <div className="grid grid-cols-2 gap-3.5">
            <Field label={t('clientId')} required><Input className="mono" value={auth.clientId} onChange={(event) => onChange({ ...auth, clientId: event.target.value })} maxLength={500} /></Field>
            <Field label={t('scope')}><Input className="mono" value={auth.scope ?? ''} onChange={(event) => onChange({ ...auth, scope: event.target.value })} maxLength={1000} /></Field>
          </div>
          <Field label={t('clientAuth')}><Select label={t('clientAuth')} value={auth.clientAuth ?? 'basic'} onChange={(way) => onChange({ ...auth, clientAuth: way })} options={[{ value: 'basic', label: t('clientAuthBasic') }, { value: 'body', label: t('clientAuthBody') }]} /></Field>
        </div>
      );
  }
}

function emptyAuth(kind: Kind): ConnectorAuth {
  switch (kind) {
    case 'none': case 'bearer': return { type: kind };
    case 'basic': return { type: kind, userName: '' };
    case 'apiKey': return { type: kind, in: 'header', name: 'X-Api-Key' };
    case 'oauth2': return { type: kind, tokenUrl: '', clientId: '' };
  }
}
