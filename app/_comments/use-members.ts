'use client';
import { useEffect, useState } from 'react';
import { api } from '../_client/api';

export type Member = { id: string; name: string };
let asked: Promise<Member[]> | null = null;

/** The people of the workspace, asked for once when somebody begins to write. */
export function useMembers(wanted: boolean): readonly Member[] {
  const [members, setMembers] = useState<readonly Member[]>([]);
  useEffect(() => {
    if (!wanted) return;
    let isHere = true;
    asked ??= api<{ items: Member[] }>('/members?limit=200').then((answer) => {
      if (!answer.ok) asked = null;
      return answer.ok ? answer.data.items.map(({ id, name }) => ({ id, name })) : [];
    });
    void asked.then((found) => { if (isHere) setMembers(found); });
    return () => { isHere = false; };
  }, [wanted]);
  return members;
}
