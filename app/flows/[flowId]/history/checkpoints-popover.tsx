'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { api } from '../../../_client/api';
import { Button } from '../../../_ui/button';
import { IconButton } from '../../../_ui/icon-button';
import { Input } from '../../../_ui/input';
import { Popover } from '../../../_ui/popover';
import { toast } from '../../../_ui/toast';
import styles from './history.module.css';
import { useMomentWords } from './moment-words';
import type { Mark } from './moments';

type Props = { flowId: string; at: number; marks: readonly Mark[]; onGo: (seq: number) => void; onChanged: () => Promise<void> };

/** Names for moments: one for the moment shown, and those there are. */
export function Checkpoints({ flowId, at, marks, onGo, onChanged }: Props) {
  const t = useTranslations('history');
  const { day, clock } = useMomentWords();
  const [name, setName] = useState('');
  const [renaming, setRenaming] = useState<string | null>(null);
  const checkpoints = marks.filter((mark) => mark.kind === 'checkpoint').toReversed();
  const send = async (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object): Promise<boolean> => {
    const answer = await api(`/flows/${flowId}/checkpoints${path}`, { method, ...(body ? { body } : {}) });
    if (!answer.ok) toast.error(answer.failure.message);
    await onChanged();
    return answer.ok;
  };
  const create = async (): Promise<void> => {
    if (name.trim() && (await send('POST', '', { name: name.trim(), seq: at }))) setName('');
  };
  const rename = (id: string, given: string): void => {
    setRenaming(null);
    if (given.trim()) void send('PATCH', `/${id}`, { name: given.trim() });
  };
  return (
    <Popover label={t('checkpoints.title')} align="end" side="top" className="w-80 p-3" trigger={<IconButton label={t('checkpoints.title')} icon="flag" />}>
      <form className={styles.naming} onSubmit={(event) => { event.preventDefault(); void create(); }}>
        <Input aria-label={t('checkpoints.name')} placeholder={t('checkpoints.name')} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
        <Button type="submit" size="lg" variant="primary" disabled={!name.trim()}>{t('checkpoints.save')}</Button>
      </form>
      <ul className={styles.checkpoints}>
        {checkpoints.map((mark) => (
          <li key={mark.id}>
            {renaming === mark.id
              ? <input aria-label={t('checkpoints.name')} defaultValue={mark.name} maxLength={100} autoFocus onBlur={(event) => rename(mark.id, event.target.value)} onKeyDown={(event) => { if (event.key === 'Enter') event.currentTarget.blur(); if (event.key === 'Escape') { event.stopPropagation(); setRenaming(null); } }} />
              : <button type="button" onClick={() => onGo(mark.seq)}><b>{mark.name}</b><small>{day(mark.at)} {clock(mark.at)}{mark.by !== null && `, ${mark.by}`}</small></button>}
            <IconButton size="sm" label={t('checkpoints.rename', { name: mark.name })} icon="pencil" onClick={() => setRenaming(mark.id)} />
            <IconButton size="sm" label={t('checkpoints.remove', { name: mark.name })} icon="trash-2" onClick={() => void send('DELETE', `/${mark.id}`)} />
          </li>
        ))}
      </ul>
    </Popover>
  );
}
