'use client';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { componentFile, type ComponentFile } from '#flow/component-file';
import { api } from '../../_client/api';
import { Button } from '../../_ui/button';
import { Dialog } from '../../_ui/dialog';
import { toast } from '../../_ui/toast';

type Picked = { name: string; file: ComponentFile | null };
type Made = { id: string; entries: number; cleared: number; missing: { title: string }[] };

/** A component with its flows and entries from a file that "Export" made, here or elsewhere. */
export function ImportComponent({ onClose }: { onClose: () => void }) {
  const t = useTranslations('componentFile');
  const common = useTranslations('common');
  const router = useRouter();
  const input = useRef<HTMLInputElement>(null);
  const [picked, setPicked] = useState<Picked | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const take = async (given: File | undefined) => {
    if (!given) return;
    setError('');
    setPicked({ name: given.name, file: read(await given.text()) });
  };
  const make = async () => {
    if (!picked?.file) return;
    setBusy(true);
    const answer = await api<Made>('/components/import', { method: 'POST', body: picked.file });
    setBusy(false);
    if (!answer.ok) return setError(answer.failure.message);
    const { id, cleared, missing } = answer.data;
    const left = [cleared > 0 ? t('cleared', { count: cleared }) : '', missing.length > 0 ? t('missing', { list: missing.map((each) => each.title).join(', ') }) : ''].filter((each) => each !== '');
    toast.success([t('imported', { title: picked.file.component.title }), ...left].join(' '), { sticky: left.length > 0 });
    onClose();
    router.push(`/components/${id}`);
  };
  return (
    <Dialog open onClose={onClose} size="sm" title={t('importTitle')} description={t('importWhy')} onSubmit={() => void make()}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" disabled={busy || !picked?.file}>{t('import')}</Button></>}>
      <div className="grid gap-2">
        <input ref={input} type="file" className="sr-only" tabIndex={-1} aria-label={t('file')} accept=".json,application/json" onChange={(event) => { void take(event.target.files?.[0]); event.target.value = ''; }} />
        <Button icon="file-up" onClick={() => input.current?.click()}>{picked === null ? t('choose') : t('other')}</Button>
        <div aria-live="polite" className="min-h-5 text-xs">
          {picked?.file && <p>{t('found', { title: picked.file.component.title, fields: picked.file.component.fields.length, flows: picked.file.flows.length, entries: picked.file.entries?.length ?? 0 })}</p>}
          {picked && !picked.file && <p className="text-danger">{t('bad', { file: picked.name })}</p>}
        </div>
        {error !== '' && <p role="alert" className="text-xs text-danger">{error}</p>}
      </div>
    </Dialog>
  );
}

function read(text: string): ComponentFile | null {
  try {
    return componentFile.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
