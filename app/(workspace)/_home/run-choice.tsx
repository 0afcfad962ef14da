'use client';
import { useTranslations } from 'next-intl';
import Link from 'next/link';
import { useEffect, useState } from 'react';
import type { EntryModel } from '#flow/component-model';
import { api } from '../../_client/api';
import { useStartFlow } from '../../_data/flow-buttons';
import { Button } from '../../_ui/button';
import { Combobox } from '../../_ui/combobox';
import { Dialog } from '../../_ui/dialog';
import { Field } from '../../_ui/field';
import type { HomeFlow } from './home-list';

/** Which entry a flow that works on one is started with. */
export function RunChoice({ flow, onClose }: { flow: HomeFlow; onClose: () => void }) {
  const t = useTranslations('home.choice');
  const common = useTranslations('common');
  const { start } = useStartFlow();
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState<EntryModel | null>(null);
  const { entries, total } = useEntries(flow.componentId, search);
  const nameOf = (entry: EntryModel) => entry.name ?? t('unnamed', { id: entry.id });
  const shown = chosen && !entries.some((each) => each.id === chosen.id) ? [chosen, ...entries] : entries;
  const run = () => {
    if (!chosen) return;
    onClose();
    void start(flow, { entryId: chosen.id, input: () => ({ ...chosen }), name: nameOf(chosen), dirty: false });
  };
  return (
    <Dialog open onClose={onClose} title={t('title', { name: flow.name })} description={t(`why.${flow.kind}`)} size="sm" onSubmit={run}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" icon="play" disabled={!chosen}>{common('run')}</Button></>}>
      <Field label={t('entry')} help={total === 0 && search === '' ? t('none') : undefined}>
        <Combobox label={t('entry')} value={chosen ? String(chosen.id) : ''} placeholder={t('find')} onSearch={setSearch} options={shown.map((each) => ({ value: String(each.id), label: nameOf(each), hint: `#${each.id}` }))}
          onChange={(next) => setChosen(shown.find((each) => String(each.id) === next) ?? null)} />
      </Field>
      <p className="mt-4 text-xs text-muted">{t.rich('form', { link: (words) => <Link href={`/components/${flow.componentId}`} className="words-link">{words}</Link> })}</p>
    </Dialog>
  );
}

function useEntries(componentId: string, search: string): { entries: EntryModel[]; total: number | null } {
  const [found, setFound] = useState<{ entries: EntryModel[]; total: number | null }>({ entries: [], total: null });
  useEffect(() => {
    let left = false;
    const timer = setTimeout(async () => {
      const answer = await api<{ items: EntryModel[]; total?: number }>(`/components/${componentId}/entries?limit=30${search.trim() ? `&search=${encodeURIComponent(search.trim())}` : ''}`);
      if (!left && answer.ok) setFound({ entries: answer.data.items, total: answer.data.total ?? answer.data.items.length });
    }, search ? 180 : 0);
    return () => { left = true; clearTimeout(timer); };
  }, [componentId, search]);
  return found;
}
