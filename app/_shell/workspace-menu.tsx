'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { api } from '../_client/api';
import { Button } from '../_ui/button';
import { Dialog } from '../_ui/dialog';
import { Field } from '../_ui/field';
import { Icon } from '../_ui/icon';
import { Input } from '../_ui/input';
import { Mark } from '../_ui/mark';
import { Menu, type MenuItem } from '../_ui/menu';
import { toast } from '../_ui/toast';

export type WorkspaceChoice = { id: string; name: string; role: string };
type Props = { current: WorkspaceChoice; workspaces: readonly WorkspaceChoice[]; canCreate: boolean };

export function WorkspaceMenu({ current, workspaces, canCreate }: Props) {
  const t = useTranslations('shell.workspace');
  const [creating, setCreating] = useState(false);
  const choose = async (workspaceId: string) => {
    if (workspaceId === current.id) return;
    const answer = await api('/me', { method: 'PATCH', body: { workspaceId } });
    if (answer.ok) window.location.assign('/');
    else toast.error(answer.failure.message);
  };
  const items: MenuItem[] = [
    { heading: t('yours') },
    ...workspaces.map((each) => ({ label: each.name, checked: each.id === current.id, onSelect: () => void choose(each.id) })),
    { separator: true },
    { label: t('people'), icon: 'users', href: '/people' },
    { label: t('settings'), icon: 'sliders-horizontal', href: '/settings' },
    ...(canCreate ? [{ label: t('new'), icon: 'plus', onSelect: () => setCreating(true) }] : []),
  ];
  return (
    <>
      <Menu label={t('label')} items={items} trigger={
        <button type="button" className="flex h-9 w-full min-w-0 items-center gap-2 rounded-2 px-1.5 text-left hover:bg-hover">
          <Mark size={22} /><b className="min-w-0 truncate font-strong">{current.name}</b><span className="text-faint"><Icon name="chevron-down" size={13} /></span>
        </button>} />
      <NewWorkspace open={creating} onClose={() => setCreating(false)} />
    </>
  );
}

function NewWorkspace({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useTranslations('shell.workspace');
  const common = useTranslations('common');
  const [name, setName] = useState('');
  const [error, setError] = useState('');
  const create = async () => {
    if (name.trim() === '') return setError(t('nameMissing'));
    const answer = await api('/workspaces', { method: 'POST', body: { name: name.trim() } });
    if (answer.ok) return window.location.assign('/');
    setError(answer.failure.message);
  };
  return (
    <Dialog open={open} onClose={onClose} title={t('new')} description={t('newWhy')} size="sm" onSubmit={() => void create()}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary">{t('create')}</Button></>}>
      <Field label={t('name')} error={error}><Input value={name} onChange={(event) => setName(event.target.value)} maxLength={100} /></Field>
    </Dialog>
  );
}
