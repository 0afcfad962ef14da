'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { api } from '../../../../_client/api';
import { Avatar } from '../../../../_ui/avatar';
import { IconButton } from '../../../../_ui/icon-button';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import type { ParamProps } from './param-field';
import { NativeSelect } from './plain-params';

type Member = { id: string; name: string };

/** Members of the workspace, added and removed one by one. */
export function PeopleParam({ value, onChange, id, describedBy, bad }: ParamProps) {
  const { editable } = usePanel();
  const t = useTranslations('panel');
  const [members, setMembers] = useState<readonly Member[]>([]);
  useEffect(() => {
    let left = false;
    void api<{ items: Member[] }>('/members').then((answer) => answer.ok && !left && setMembers(answer.data.items));
    return () => {
      left = true;
    };
  }, []);
  const ids = Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
  const others = members.filter((each) => !ids.includes(each.id));
  const nameOf = (personId: string) => members.find((each) => each.id === personId)?.name ?? t('people.gone');
  return (
    <div className={styles.rows}>
      {ids.map((each) => (
        <div key={each} className="flex items-center gap-2">
          <Avatar user={{ id: each, name: nameOf(each) }} size={20} decorative /><span className="min-w-0 flex-1 truncate">{nameOf(each)}</span>
          {editable && <IconButton size="sm" icon="x" label={t('people.remove', { name: nameOf(each) })} onClick={() => onChange(ids.length === 1 ? undefined : ids.filter((other) => other !== each))} />}
        </div>
      ))}
      {editable && <NativeSelect id={id} value="" options={others.map((each) => ({ value: each.id, label: each.name }))} onChange={(picked) => picked !== undefined && onChange([...ids, picked])} describedBy={describedBy} bad={bad} />}
    </div>
  );
}
