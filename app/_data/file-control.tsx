'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import type { ComponentField } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';
import { formatBytes, localeOf } from '../_run/duration';
import { api } from '../_client/api';
import { useFieldLink } from '../_ui/field-context';
import { Icon } from '../_ui/icon';
import { IconButton } from '../_ui/icon-button';
import styles from './data.module.css';

type StoredFile = { id: string; name: string; size: number; mimeType: string };
type Props = { field: ComponentField; value: Json; onChange: (value: Json) => void };

/** A file by choosing or dropping it: it is stored at once, the entry keeps its id, name, size and type. */
export function FileControl({ field, value, onChange }: Props) {
  const t = useTranslations('data');
  const locale = localeOf(useLocale());
  const link = useFieldLink({});
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [state, setState] = useState<{ busy: boolean; message: string | null }>({ busy: false, message: null });
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    if (field.maxSizeBytes !== undefined && file.size > field.maxSizeBytes) {
      setState({ busy: false, message: t('file.tooLarge', { max: formatBytes(field.maxSizeBytes, locale), size: formatBytes(file.size, locale) }) });
      return;
    }
    setState({ busy: true, message: null });
    const body = new FormData();
    body.set('file', file);
    const answer = await api<StoredFile>('/files', { method: 'POST', body });
    setState({ busy: false, message: answer.ok ? null : answer.failure.message });
    if (answer.ok) onChange({ id: answer.data.id, name: answer.data.name, size: answer.data.size, mimeType: answer.data.mimeType });
  };
  const limits = [field.accept?.join(', '), field.maxSizeBytes === undefined ? null : t('file.upTo', { size: formatBytes(field.maxSizeBytes, locale) })].filter(Boolean).join(', ');
  if (isJsonObject(value) && typeof value['id'] === 'string') {
    return (
      <div className={styles.file}>
        <Icon name="file" size={14} />
        <a href={`/api/v1/files/${value['id']}/content`} download>{typeof value['name'] === 'string' ? value['name'] : value['id']}</a>
        {typeof value['size'] === 'number' && <span>{formatBytes(value['size'], locale)}</span>}
        <IconButton label={t('file.remove')} icon="x" size="sm" onClick={() => onChange(null)} />
      </div>
    );
  }
  return (
    <>
      <input ref={input} type="file" hidden accept={field.accept?.join(',')} onChange={(event) => void take(event.target.files?.[0])} />
      <button {...link} aria-required={undefined} type="button" className={styles.drop} data-over={over || undefined} disabled={state.busy} onClick={() => input.current?.click()}
        onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
        onDrop={(event) => { event.preventDefault(); setOver(false); void take(event.dataTransfer.files[0]); }}>
        <Icon name="upload" size={14} />{state.busy ? t('file.uploading') : t('file.choose')}{limits && <span>{limits}</span>}
      </button>
      {state.message && <p role="alert" style={{ marginTop: 5, fontSize: 12, lineHeight: '16px', color: 'var(--danger)' }}>{state.message}</p>}
    </>
  );
}
