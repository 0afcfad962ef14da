'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ConnectorView } from '#db/connectors';
import type { ImportPreview } from '#flow/openapi-import';
import { api } from '../../_client/api';
import { Badge } from '../../_ui/badge';
import { Button } from '../../_ui/button';
import { Checkbox } from '../../_ui/checkbox';
import { Dialog } from '../../_ui/dialog';
import { Field } from '../../_ui/field';
import { Textarea } from '../../_ui/textarea';
import { toast } from '../../_ui/toast';

/** An OpenAPI document in, a choice of its operations, endpoints out. */
export function ImportDialog({ connector, onClose }: { connector: ConnectorView; onClose: () => void }) {
  const t = useTranslations('integrations');
  const common = useTranslations('common');
  const [document, setDocument] = useState('');
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const path = `/connectors/${connector.id}/import`;
  const read = async () => {
    setBusy(true);
    const answer = await api<ImportPreview>(path, { method: 'POST', body: { document } });
    setBusy(false);
    if (!answer.ok) return setError(answer.failure.message);
    setError('');
    setPreview(answer.data);
    setChosen(new Set(answer.data.endpoints.map((each) => each.key)));
  };
  const make = async () => {
    setBusy(true);
    const answer = await api<{ created: unknown[] }>(path, { method: 'POST', body: { document, choose: [...chosen] } });
    setBusy(false);
    if (!answer.ok) return setError(answer.failure.message);
    toast.success(t('imported', { count: answer.data.created.length }));
    onClose();
  };
  const take = async (file: File | undefined) => {
    if (file) setDocument(await file.text());
  };
  if (preview === null) {
    return (
      <Dialog open onClose={onClose} size="lg" title={t('importTitle')} description={t('importWhy')} onSubmit={() => void read()}
        footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" disabled={busy || document.trim() === ''}>{t('read')}</Button></>}>
        <div className="grid gap-3">
          <Field label={t('file')}><input type="file" accept=".json,.yaml,.yml,application/json" aria-label={t('file')} className="block w-full text-xs file:mr-3 file:h-7 file:rounded-2 file:border file:border-line-strong file:bg-surface file:px-2.5 file:text-xs file:font-medium file:text-text" onChange={(event) => void take(event.target.files?.[0])} /></Field>
          <Field label={t('document')} help={t('documentHelp')} error={error}><Textarea className="mono" rows={12} spellCheck={false} value={document} onChange={(event) => setDocument(event.target.value)} /></Field>
        </div>
      </Dialog>
    );
  }
  const all = chosen.size === preview.endpoints.length;
  const toggle = (key: string, on: boolean) => setChosen(new Set(on ? [...chosen, key] : [...chosen].filter((each) => each !== key)));
  return (
    <Dialog open onClose={onClose} size="lg" title={preview.title || t('importTitle')} description={t('found', { count: preview.endpoints.length, skipped: preview.skipped.length })} onSubmit={() => void make()}
      footer={<><Button onClick={() => setPreview(null)}>{t('back')}</Button><Button type="submit" variant="primary" disabled={busy || chosen.size === 0}>{t('importCount', { count: chosen.size })}</Button></>}>
      {error && <p role="alert" className="mb-2 text-xs text-danger">{error}</p>}
      <div className="mb-2"><Checkbox checked={all} indeterminate={!all && chosen.size > 0} onChange={(on) => setChosen(new Set(on ? preview.endpoints.map((each) => each.key) : []))}>{t('all')}</Checkbox></div>
      <ul aria-label={t('endpoints')} className="divide-y divide-line rounded-2 border border-line">
        {preview.endpoints.map((each) => (
          <li key={each.key} className="flex items-center gap-3 px-3 py-1.5 text-xs">
            <Checkbox label={each.key} checked={chosen.has(each.key)} onChange={(on) => toggle(each.key, on)} />
            <Badge>{each.methods[0]?.toUpperCase()}</Badge><code className="mono min-w-0 truncate">{each.path}</code><span className="ml-auto min-w-0 truncate text-muted">{each.name}</span>
          </li>
        ))}
      </ul>
      {preview.skipped.length > 0 && <p className="mt-2 text-xs text-muted">{t('skipped', { list: preview.skipped.slice(0, 10).map((each) => each.key).join(', ') })}</p>}
    </Dialog>
  );
}
