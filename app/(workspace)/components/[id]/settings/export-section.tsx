'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { api } from '../../../../_client/api';
import { saveFile } from '../../../../_client/save-file';
import { fileNameOf } from '../../../../_flow-file/read-definition';
import { Button } from '../../../../_ui/button';
import { Checkbox } from '../../../../_ui/checkbox';
import { toast } from '../../../../_ui/toast';
import styles from '../component.module.css';

/** The component as a file: for a copy, another workspace or another installation. */
export function ExportSection({ componentId, title, entries }: { componentId: string; title: string; entries: number }) {
  const t = useTranslations('componentFile');
  const [withEntries, setWithEntries] = useState(false);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const answer = await api<object>(`/components/${componentId}/export?entries=${withEntries}`);
    setBusy(false);
    if (answer.ok) saveFile(fileNameOf(title, 'component'), `${JSON.stringify(answer.data, null, 2)}\n`);
    else toast.error(answer.failure.message);
  };
  return (
    <section className={styles.settings} aria-labelledby="export-component">
      <h2 id="export-component" className="text-sm font-strong">{t('export')}</h2>
      <p className="text-xs text-muted">{t('exportWhy')}</p>
      {entries > 0 && <Checkbox checked={withEntries} onChange={setWithEntries}>{t('withEntries', { count: entries })}</Checkbox>}
      <div className={styles.buttons}><Button icon="download" disabled={busy} onClick={() => void save()}>{t('download')}</Button></div>
    </section>
  );
}
