'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ComponentModel, EntryModel } from '#flow/component-model';
import type { ExportRequest } from '#flow/export-request';
import { api } from '../_client/api';
import { usePrepareExport } from '../_exports/prepare-export';
import { Button } from '../_ui/button';
import { ConfirmDialog } from '../_ui/confirm-dialog';
import { Empty } from '../_ui/empty';
import { ErrorNote } from '../_ui/error-note';
import { Menu } from '../_ui/menu';
import { toast } from '../_ui/toast';
import { DataGrid } from './data-grid';
import styles from './data.module.css';
import { EntryDrawer } from './entry-drawer';
import { useInstanceStates } from '../_inbox/use-instance-states';
import { filterJson, readQuery, writeQuery, type EntryQuery } from './entry-query';
import { FilterBar } from './filter-bar';
import { FlowButtons, type StartableFlow } from './flow-buttons';
import { useEntries, type EntryPage } from './use-entries';

type Props = { component: ComponentModel; flows: readonly StartableFlow[]; first: EntryPage; can: { write: boolean; run: boolean } };

/** The Data tab. What is shown, sorted, filtered and open stands in the address. */
export function DataPage({ component, flows, first, can }: Props) {
  const t = useTranslations('data');
  const params = useSearchParams();
  const path = usePathname();
  const { fields } = component;
  const address = params.toString();
  const query = useMemo(() => readQuery(new URLSearchParams(address), fields), [address, fields]);
  const entries = useEntries(component.id, fields, query, first);
  const hasWorkflows = flows.some((flow) => flow.kind === 'workflow');
  const instances = useInstanceStates(component.id, hasWorkflows ? entries.items : none);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [deleting, setDeleting] = useState(false);
  const preparing = usePrepareExport();
  const open = openEntry(params.get('entry'));
  const go = useCallback((next: string) => window.history.replaceState(null, '', next === '' ? path : `${path}?${next}`), [path]);
  const setQuery = useCallback((next: EntryQuery) => go(writeQuery(new URLSearchParams(address), next)), [address, go]);
  const setOpen = useCallback((entry: number | 'new' | null) => {
    const next = new URLSearchParams(address);
    if (entry === null) next.delete('entry');
    else next.set('entry', String(entry));
    go(next.toString());
  }, [address, go]);
  useEffect(() => {
    const ids = new Set(entries.items.map((entry) => entry.id));
    setSelected((before) => ([...before].every((id) => ids.has(id)) ? before : new Set([...before].filter((id) => ids.has(id)))));
  }, [entries.items]);

  const chosen = entries.items.filter((entry) => selected.has(entry.id));
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const narrowed = query.q !== '' || query.filters.length > 0 || query.states.length > 0;
  const removeChosen = async (): Promise<void> => {
    setDeleting(false);
    const answers = await Promise.all(chosen.map((entry) => api<unknown>(`/components/${component.id}/entries/${entry.id}`, { method: 'DELETE' })));
    const refused = answers.find((answer) => !answer.ok);
    const done = answers.filter((answer) => answer.ok).length;
    if (done > 0) toast.success(t('toast.deletedMany', { count: done }));
    if (refused && !refused.ok) toast.error(refused.failure.message);
    setSelected(new Set());
    await entries.reload();
  };
  return (
    <div className={styles.page}>
      <div className={styles.toolbar}>
        {can.write && <Button variant="primary" icon="plus" onClick={() => setOpen('new')}>{t('grid.add')}</Button>}
        {can.run && <FlowButtons flows={flows} shown={3} target={only ? targetOf(only) : null} />}
        {can.write && chosen.length > 0 && <Button icon="trash-2" onClick={() => setDeleting(true)}>{t('grid.delete', { count: chosen.length })}</Button>}
        {entries.total > 0 && (
          <span className="ml-auto">
            <Menu align="end" label={t('grid.export')} trigger={<Button icon="download" disabled={preparing.busy}>{t('grid.export')}</Button>} items={[
              { label: t('grid.exportAll', { count: entries.total }), icon: 'file-down', onSelect: () => void preparing.prepare(requestOf(component, query)) }, { separator: true }, { label: t('grid.exports'), icon: 'folder', href: '/exports' },
            ]} />
          </span>
        )}
      </div>
      <FilterBar fields={fields} hasWorkflows={hasWorkflows} query={query} onChange={setQuery} />
      {entries.failure && <ErrorNote title={t('grid.failed')} action={<Button size="sm" onClick={() => void entries.reload()}>{t('grid.retry')}</Button>}>{entries.failure}</ErrorNote>}
      {entries.items.length === 0 && !entries.loading && !entries.failure
        ? narrowed
          ? <Empty title={t('grid.noMatch')} why={t('grid.noMatchWhy')} action={<Button onClick={() => setQuery({ ...query, q: '', filters: [], states: [] })}>{t('grid.clear')}</Button>} />
          : <Empty title={t('grid.none')} why={t(fields.length === 0 ? 'grid.noFieldsWhy' : 'grid.noneWhy')} action={can.write ? <Button variant="primary" icon="plus" onClick={() => setOpen('new')}>{t('grid.add')}</Button> : undefined} />
        : <DataGrid title={component.title} fields={fields} entries={entries.items} fresh={entries.fresh} sort={{ value: query.sort, onChange: (sort) => setQuery({ ...query, sort }) }}
            selection={{ ids: selected, onChange: setSelected }} instances={instances} openId={typeof open === 'number' ? open : null} onOpen={setOpen} onEnd={entries.more} />}
      <footer className={styles.footer} aria-live="polite">
        <span>{selected.size > 0 ? t('grid.countSelected', { count: entries.total, selected: selected.size }) : t('grid.count', { count: entries.total })}</span>
        {entries.nextCursor !== null && <button type="button" onClick={entries.more}>{t('grid.more', { shown: entries.items.length })}</button>}
      </footer>
      {open !== null && (
        <EntryDrawer key={open} component={component} flows={flows} entryId={open} can={can} onClose={() => setOpen(null)} onSaved={(id) => {
          setOpen(id);
          void entries.reload();
        }} />
      )}
      <ConfirmDialog open={deleting} onClose={() => setDeleting(false)} onConfirm={() => void removeChosen()} danger title={t('grid.deleteTitle', { count: chosen.length })} description={t('form.deleteText')} confirmLabel={t('form.delete')} />
    </div>
  );
}

const none: readonly EntryModel[] = [];

/** What the grid shows, as a file: all of it. */
function requestOf(component: ComponentModel, query: EntryQuery): ExportRequest {
  const filter = filterJson(query.filters, component.fields);
  return { kind: 'entries', componentId: component.id, ...(filter ? { filter } : {}), ...(query.q === '' ? {} : { search: query.q }), ...(query.states.length > 0 ? { instanceState: query.states } : {}) };
}

const targetOf = (entry: EntryModel) => ({ entryId: entry.id, input: () => ({ id: entry.id, name: entry.name, data: entry.data }), name: entry.name || `#${entry.id}`, dirty: false });

function openEntry(text: string | null): number | 'new' | null {
  if (text === 'new') return 'new';
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
