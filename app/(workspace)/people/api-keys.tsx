'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Role } from '#db/access';
import type { ApiKey } from '#db/api-keys';
import { api } from '../../_client/api';
import { Button, ButtonLink } from '../../_ui/button';
import { ConfirmDialog } from '../../_ui/confirm-dialog';
import { DataTable } from '../../_ui/data-table';
import { Dialog } from '../../_ui/dialog';
import { Empty } from '../../_ui/empty';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { OnceShown } from '../../_ui/once-shown';
import { RelativeTime } from '../../_ui/relative-time';
import { Section } from '../../_ui/section';
import { Select } from '../../_ui/select';
import { toast } from '../../_ui/toast';
import { rolesGivenBy } from './roles';

export function ApiKeys({ keys, role }: { keys: readonly ApiKey[]; role: Role }) {
  const t = useTranslations('people');
  const shell = useTranslations('shell');
  const router = useRouter();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const revoke = async (key: ApiKey) => {
    const answer = await api(`/api-keys/${key.id}`, { method: 'DELETE' });
    setRevoking(null);
    if (answer.ok) toast.success(t('keyRevoked', { name: key.name }));
    else toast.error(answer.failure.message);
    router.refresh();
  };
  return (
    <Section title={t('keys')} why={t('keysWhy')} action={<span className="flex gap-2"><ButtonLink href="/api-reference" variant="ghost" icon="book-open">{shell('place.apiReference')}</ButtonLink><Button icon="key" onClick={() => setMaking(true)}>{t('newKey')}</Button></span>}>
      <DataTable label={t('keys')} rows={keys} rowKey={(key) => key.id} empty={<Empty title={t('noKeys')} why={t('noKeysWhy')} className="px-5" />} columns={[
        { key: 'name', label: t('name'), render: (key) => <><b className="text-sm font-medium">{key.name}</b> <code className="mono text-muted">{key.prefix}…</code></> },
        { key: 'role', label: t('roleLabel'), width: 190, render: (key) => t(`role.${key.role}`) },
        { key: 'made', label: t('made'), width: 140, render: (key) => <RelativeTime at={key.createdAt} className="text-muted" /> },
        { key: 'used', label: t('used'), width: 140, render: (key) => <span className="text-muted">{key.lastUsedAt ? <RelativeTime at={key.lastUsedAt} /> : t('never')}</span> },
        { key: 'act', label: <span className="sr-only">{t('actions')}</span>, width: 130, align: 'right', render: (key) => <Button size="sm" variant="ghost" onClick={() => setRevoking(key)}>{t('revoke')}</Button> },
      ]} />
      {making && <KeyDialog role={role} onClose={() => { setMaking(false); router.refresh(); }} />}
      <ConfirmDialog open={revoking !== null} danger onClose={() => setRevoking(null)} onConfirm={() => { if (revoking) void revoke(revoking); }} title={t('revokeTitle', { name: revoking?.name ?? '' })} description={t('revokeText')} confirmLabel={t('revoke')} />
    </Section>
  );
}

function KeyDialog({ role: mine, onClose }: { role: Role; onClose: () => void }) {
  const t = useTranslations('people');
  const common = useTranslations('common');
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [error, setError] = useState('');
  const [key, setKey] = useState<string | null>(null);
  const make = async () => {
    if (name.trim() === '') return setError(t('keyNameMissing'));
    const answer = await api<{ key: string }>('/api-keys', { method: 'POST', body: { name: name.trim(), role } });
    if (answer.ok) setKey(answer.data.key);
    else setError(answer.failure.message);
  };
  if (key !== null) {
    return (
      <Dialog open onClose={onClose} title={t('keyReady')} description={t('keyReadyWhy')} footer={<Button variant="primary" onClick={onClose}>{t('done')}</Button>}>
        <OnceShown label={t('key')} value={key} help={t('keyHelp')} />
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={t('newKey')} description={t('newKeyWhy')} onSubmit={() => void make()}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary">{t('makeKey')}</Button></>}>
      <div className="grid gap-3.5">
        <Field label={t('name')} error={error} help={t('keyNameHelp')}><Input autoFocus value={name} onChange={(event) => setName(event.target.value)} maxLength={100} /></Field>
        <Field label={t('roleLabel')} help={t(`roleHelp.${role}`)}><Select label={t('roleLabel')} value={role} onChange={setRole} options={rolesGivenBy(mine).map((each) => ({ value: each, label: t(`role.${each}`) }))} /></Field>
      </div>
    </Dialog>
  );
}
