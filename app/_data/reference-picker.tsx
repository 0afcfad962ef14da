'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { userInfoComponent } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';
import { api } from '../_client/api';
import { unlessAborted } from '../_client/unless-aborted';
import { Combobox } from '../_ui/combobox';
import { referenceName } from './cell';

type Found = { items: { id: number | string; name: string | null }[] };
type Props = { componentId: string; label: string; value: Json; onChange: (value: Json) => void };

/** Chooses an entry of a catalog by searching its component; the entry's name shows, its id is kept. */
export function ReferencePicker({ componentId, label, value, onChange }: Props) {
  const t = useTranslations('data');
  const [search, setSearch] = useState('');
  const [options, setOptions] = useState<{ value: string; label: string }[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(() => {
      const people = componentId === userInfoComponent;
      const path = people ? '/members' : `/components/${componentId}/entries?limit=20&search=${encodeURIComponent(search)}`;
      void api<Found>(path, { signal: stop.signal }).then((answer) => {
        if (!answer.ok) return;
        const found = people ? answer.data.items.filter((each) => (each.name ?? '').toLowerCase().includes(search.toLowerCase())) : answer.data.items;
        setOptions(found.map((each) => ({ value: String(each.id), label: each.name || `#${each.id}` })));
      }, unlessAborted(stop.signal));
    }, search === '' ? 0 : 200);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [componentId, search]);
  const chosen = isJsonObject(value) && value['id'] !== undefined ? { value: String(value['id']), label: referenceName(value) } : null;
  const shown = chosen && !options.some((each) => each.value === chosen.value) ? [chosen, ...options] : options;
  return (
    <Combobox label={label} value={chosen?.value ?? ''} options={shown} placeholder={t('form.findEntry')} onSearch={setSearch} clearable
      onChange={(next) => {
        const option = shown.find((each) => each.value === next);
        onChange(option ? { id: /^\d+$/.test(option.value) ? Number(option.value) : option.value, name: option.label } : null);
      }} />
  );
}
