'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { JsonObject } from '#flow/json';
import { api } from '../../../_client/api';
import { saveFile } from '../../../_client/save-file';
import { fileNameOf } from '../../../_flow-file/read-definition';
import { Button } from '../../../_ui/button';
import { Dialog } from '../../../_ui/dialog';
import { Field } from '../../../_ui/field';
import { Input } from '../../../_ui/input';
import { Skeleton } from '../../../_ui/skeleton';
import { Switch } from '../../../_ui/switch';
import { toast } from '../../../_ui/toast';
import { useEditor } from './editor-context';

type Read = { kind: 'reading' } | { kind: 'document'; document: JsonObject } | { kind: 'none'; why: string };

/** How programs call this dataflow: switched on like any edit, read from the published version. */
export function FlowApiDialog({ onClose }: { onClose: () => void }) {
  const { definition, flowId, editable, commands } = useEditor();
  const t = useTranslations('flowApi');
  const [read, setRead] = useState<Read>({ kind: 'reading' });
  useEffect(() => void api<JsonObject>(`/flows/${flowId}/openapi.json`).then((answer) => setRead(answer.ok ? { kind: 'document', document: answer.data } : { kind: 'none', why: answer.failure.message })), [flowId]);
  const written = read.kind === 'document' ? JSON.stringify(read.document, null, 2) : '';
  const copy = async () => {
    await navigator.clipboard.writeText(written).then(() => toast.success(t('copied')), () => toast.error(t('copyFailed')));
  };
  return (
    <Dialog open onClose={onClose} title={t('title')} description={t('why')} footer={<>
      <Button onClick={onClose}>{t('close')}</Button>
      {read.kind === 'document' && <><Button icon="copy" onClick={() => void copy()}>{t('copy')}</Button><Button variant="primary" icon="download" onClick={() => saveFile(fileNameOf(definition.name).replace('.flow.json', '.openapi.json'), written)}>{t('download')}</Button></>}
    </>}>
      <div className="grid gap-4">
        <div className="grid gap-1">
          <Switch checked={definition.settings?.generateApi === true} disabled={!editable} onChange={(generateApi) => commands.setSettings({ generateApi })}>{t('generate')}</Switch>
          <p className="text-xs text-muted">{t('generateWhy')}</p>
        </div>
        {read.kind === 'reading' && <div aria-label={t('loading')}><Skeleton lines={4} /></div>}
        {read.kind === 'none' && <p role="status" className="text-sm text-muted">{read.why}</p>}
        {read.kind === 'document' && <>
          <Field label={t('address')} help={t('method')}><Input readOnly value={`${window.location.origin}/api/v1/flows/${flowId}/runs`} onFocus={(event) => event.currentTarget.select()} className="mono" /></Field>
          <pre tabIndex={0} role="region" aria-label={t('text')} className="mono max-h-70 overflow-auto rounded-2 border border-line bg-sunken p-3 text-xs">{written}</pre>
        </>}
      </div>
    </Dialog>
  );
}
