'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { Role } from '#db/access';
import type { Member } from '#db/members';
import { api } from '../../_client/api';
import { useChanges } from '../../_client/run-stream';
import { Avatar } from '../../_ui/avatar';
import { ConfirmDialog } from '../../_ui/confirm-dialog';
import { DataTable } from '../../_ui/data-table';
import { IconButton } from '../../_ui/icon-button';
import { RelativeTime } from '../../_ui/relative-time';
import { Section } from '../../_ui/section';
import { Select } from '../../_ui/select';
import { toast } from '../../_ui/toast';
import { rolesGivenBy } from './roles';

type Props = { members: readonly Member[]; me: string | null; role: Role };

export function Members({ members, me, role }: Props) {
  const t = useTranslations('people');
  const router = useRouter();
  const [leaving, setLeaving] = useState<Member | null>(null);
  useChanges([{ topic: 'member' }], () => router.refresh());
  const given = rolesGivenBy(role);
  const mayChange = (member: Member) => given.includes(member.role);
  const setRole = async (member: Member, next: Role) => {
    if (next === member.role) return;
    const answer = await api(`/members/${member.id}`, { method: 'PATCH', body: { role: next } });
    if (answer.ok) toast.success(t('roleSet', { name: member.name, role: t(`role.${next}`) }));
    else toast.error(answer.failure.message);
    router.refresh();
  };
  const remove = async (member: Member) => {
    const answer = await api(`/members/${member.id}`, { method: 'DELETE' });
    setLeaving(null);
    if (answer.ok) toast.success(t('removed', { name: member.name }));
    else toast.error(answer.failure.message);
    router.refresh();
  };
  return (
    <Section title={t('members')} why={t('membersWhy')}>
      <DataTable label={t('members')} rows={members} rowKey={(member) => member.id} columns={[
        { key: 'name', label: t('name'), render: (member) => <span className="flex items-center gap-2"><Avatar user={member} size={22} me={member.id === me} decorative /><b className="truncate text-sm font-medium">{member.name}</b>{member.id === me && <span className="text-muted">{t('you')}</span>}</span> },
        { key: 'email', label: t('email'), render: (member) => <span className="text-muted">{member.email}</span> },
        {
          key: 'role', label: t('roleLabel'), width: 190,
          render: (member) => (mayChange(member)
            ? <Select size="sm" label={t('roleOf', { name: member.name })} value={member.role} onChange={(next) => void setRole(member, next)} options={given.map((each) => ({ value: each, label: t(`role.${each}`), help: t(`roleHelp.${each}`) }))} />
            : t(`role.${member.role}`)),
        },
        { key: 'joined', label: t('joined'), width: 140, render: (member) => <RelativeTime at={member.joinedAt} className="text-muted" /> },
        { key: 'act', label: <span className="sr-only">{t('actions')}</span>, width: 64, align: 'right', render: (member) => mayChange(member) && <IconButton label={t('removeNamed', { name: member.name })} icon="user-minus" size="sm" onClick={() => setLeaving(member)} /> },
      ]} />
      <ConfirmDialog open={leaving !== null} danger onClose={() => setLeaving(null)} onConfirm={() => { if (leaving) void remove(leaving); }} title={t('removeTitle', { name: leaving?.name ?? '' })} description={t('removeText')} confirmLabel={t('remove')} />
    </Section>
  );
}
