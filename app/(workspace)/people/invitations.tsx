'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Role } from '#db/access';
import type { Invitation } from '#db/invitations';
import { api, fieldErrors } from '../../_client/api';
import { Button } from '../../_ui/button';
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

export function Invitations({ invitations, role }: { invitations: readonly Invitation[]; role: Role }) {
  const t = useTranslations('people');
  const router = useRouter();
  const [inviting, setInviting] = useState(false);
  const withdraw = async (invitation: Invitation) => {
    const answer = await api(`/invitations/${invitation.id}`, { method: 'DELETE' });
    if (answer.ok) toast.success(t('withdrawn'));
    else toast.error(answer.failure.message);
    router.refresh();
  };
  return (
    <Section title={t('invitations')} why={t('invitationsWhy')} action={<Button variant="primary" icon="user-plus" onClick={() => setInviting(true)}>{t('invite')}</Button>}>
      <DataTable label={t('invitations')} rows={invitations} rowKey={(each) => each.id} empty={<Empty title={t('noInvitations')} why={t('noInvitationsWhy')} className="px-5" />} columns={[
        { key: 'for', label: t('for'), render: (each) => each.email ?? t('anybody') },
        { key: 'role', label: t('roleLabel'), width: 190, render: (each) => t(`role.${each.role}`) },
        { key: 'made', label: t('made'), width: 140, render: (each) => <RelativeTime at={each.createdAt} className="text-muted" /> },
        { key: 'ends', label: t('ends'), width: 140, render: (each) => <RelativeTime at={each.expiresAt} className="text-muted" /> },
        { key: 'act', label: <span className="sr-only">{t('actions')}</span>, width: 130, align: 'right', render: (each) => <Button size="sm" variant="ghost" onClick={() => void withdraw(each)}>{t('withdraw')}</Button> },
      ]} />
      {inviting && <InviteDialog role={role} onClose={() => { setInviting(false); router.refresh(); }} />}
    </Section>
  );
}

function InviteDialog({ role: mine, onClose }: { role: Role; onClose: () => void }) {
  const t = useTranslations('people');
  const common = useTranslations('common');
  const [role, setRole] = useState<Role>('editor');
  const [email, setEmail] = useState('');
  const [error, setError] = useState('');
  const [link, setLink] = useState<string | null>(null);
  const invite = async () => {
    const address = email.trim();
    const answer = await api<{ token: string }>('/invitations', { method: 'POST', body: { role, ...(address ? { email: address } : {}) } });
    if (answer.ok) setLink(`${window.location.origin}/invite/${answer.data.token}`);
    else setError(fieldErrors(answer.failure)['email'] ? t('emailWrong') : answer.failure.message);
  };
  if (link !== null) {
    return (
      <Dialog open onClose={onClose} title={t('inviteReady')} description={t('inviteReadyWhy')} footer={<Button variant="primary" onClick={onClose}>{t('done')}</Button>}>
        <OnceShown label={t('link')} value={link} help={t('linkHelp')} />
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={t('inviteTitle')} description={t('inviteWhy')} onSubmit={() => void invite()}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary">{t('makeLink')}</Button></>}>
      <div className="grid gap-3.5">
        <Field label={t('roleLabel')} help={t(`roleHelp.${role}`)}><Select label={t('roleLabel')} value={role} onChange={setRole} options={rolesGivenBy(mine).map((each) => ({ value: each, label: t(`role.${each}`) }))} /></Field>
        <Field label={t('emailOptional')} help={t('emailHelp')} error={error}><Input type="email" value={email} onChange={(event) => { setEmail(event.target.value); setError(''); }} maxLength={254} /></Field>
      </div>
    </Dialog>
  );
}
