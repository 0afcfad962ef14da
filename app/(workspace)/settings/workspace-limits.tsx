'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { defaultLimits, type LimitsChange, type WorkspaceLimits } from '#flow/limits';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { toast } from '../../_ui/toast';

/** How people write each limit: minutes and megabytes rather than milliseconds and bytes. */
const rows = [
  { key: 'dataflowMs', factor: 60_000 }, { key: 'concurrency', factor: 1 }, { key: 'items', factor: 1 }, { key: 'itemBytes', factor: 1_000_000 },
  { key: 'exportBytes', factor: 1_048_576 }, { key: 'events', factor: 1 }, { key: 'logBytes', factor: 1_000_000 }, { key: 'nesting', factor: 1 },
] as const satisfies readonly { key: keyof WorkspaceLimits; factor: number }[];
type Key = (typeof rows)[number]['key'];
type Draft = Record<Key, string>;

const draftOf = (limits: WorkspaceLimits): Draft => {
  const shown = (key: Key, factor: number) => (limits[key] === undefined ? '' : String(limits[key] / factor));
  return { dataflowMs: shown('dataflowMs', 60_000), concurrency: shown('concurrency', 1), items: shown('items', 1), itemBytes: shown('itemBytes', 1_000_000), exportBytes: shown('exportBytes', 1_048_576), events: shown('events', 1), logBytes: shown('logBytes', 1_000_000), nesting: shown('nesting', 1) };
};

/** What runs of this workspace may take; an empty field is the default. */
export function WorkspaceLimitsForm({ limits, canEdit }: { limits: WorkspaceLimits; canEdit: boolean }) {
  const t = useTranslations('limits');
  const common = useTranslations('common');
  const router = useRouter();
  const stored = draftOf(limits);
  const [draft, setDraft] = useState(stored);
  const [error, setError] = useState<{ key: Key | null; message: string } | null>(null);
  const changed = rows.some(({ key }) => draft[key].trim() !== stored[key]);
  const save = async () => {
    const change: LimitsChange = {};
    for (const { key, factor } of rows) {
      const written = draft[key].trim().replace(',', '.');
      const value = Math.round(Number(written) * factor);
      if (written !== '' && (!Number.isFinite(value) || value <= 0)) return setError({ key, message: t('notNumber') });
      change[key] = written === '' ? null : value;
    }
    const answer = await api('/workspace', { method: 'PATCH', body: { limits: change } });
    if (!answer.ok) return setError({ key: rows.find(({ key }) => JSON.stringify(answer.failure.details ?? '').includes(key))?.key ?? null, message: answer.failure.message });
    setError(null);
    toast.success(t('saved'));
    router.refresh();
  };
  return (
    <form noValidate className="max-w-200 px-5" onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(220px,1fr))] gap-x-4 gap-y-3">
        {rows.map(({ key, factor }) => (
          <Field key={key} label={t(key)} help={t(`${key}Help`)} error={error?.key === key ? error.message : ''}>
            <Input inputMode="decimal" value={draft[key]} readOnly={!canEdit} placeholder={key === 'concurrency' ? t('unlimited') : String(defaultLimits[key] / factor)} onChange={(event) => setDraft({ ...draft, [key]: event.target.value })} />
          </Field>
        ))}
      </div>
      {error !== null && error.key === null && <p role="alert" className="mt-2 text-sm text-danger">{error.message}</p>}
      {canEdit && <Button type="submit" size="lg" className="mt-4" disabled={!changed}>{common('save')}</Button>}
    </form>
  );
}
