'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { ComponentField, EntryModel } from '#flow/component-model';
import type { FlowDefinition } from '#flow/flow';
import { isJsonObject, type Json } from '#flow/json';
import { api, type ApiFailure } from '../../../_client/api';
import { Button } from '../../../_ui/button';
import { Dialog } from '../../../_ui/dialog';
import { useEditor } from './editor-context';
import styles from './editor.module.css';
import { FailureNote } from './failure-note';
import { formValues, inputOf } from './run-input';

type Props = { open: boolean; onClose: () => void; publishedVersion: number | null; mayRunDraft: boolean; onStarted: (runId: string) => void };
type UploadedFile = { id: string; name: string };

/** What to run and with what; the canvas attaches to the run at once. */
export function RunDialog({ open, onClose, ...rest }: Props) {
  const t = useTranslations('editor');
  return <>{open && <RunForm title={t('run.title')} onClose={onClose} {...rest} />}</>;
}

function RunForm({ title, onClose, publishedVersion, mayRunDraft, onStarted }: Omit<Props, 'open'> & { title: string }) {
  const { flowId, definition: draft, component, problems } = useEditor();
  const t = useTranslations('editor');
  const errors = problems.filter((problem) => problem.level === 'error').length;
  const draftRuns = mayRunDraft && errors === 0;
  const [version, setVersion] = useState<'draft' | number>(draftRuns || publishedVersion === null ? 'draft' : publishedVersion);
  const definition = useVersion(flowId, version, draft);
  const input = definition ? inputOf(definition) : { kind: 'none' as const };
  const sample = input.kind === 'raw' ? input.sample : '';
  const [raw, setRaw] = useState<string | null>(null);
  const [words, setWords] = useState<Record<string, string>>({});
  const [files, setFiles] = useState<Record<string, UploadedFile>>({});
  const [entryId, setEntryId] = useState('');
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const text = raw ?? sample;
  const start = async () => {
    let given: { input?: Json; entryId?: number } = {};
    if (input.kind === 'raw') {
      const parsed = parsedJson(text);
      if (parsed === undefined) return setFailure({ code: 'INVALID_JSON', message: t('run.notJson') });
      const chosen = Object.fromEntries(Object.entries(files).map(([key, file]) => [key, { id: file.id }]));
      given = { input: isJsonObject(parsed) ? { ...parsed, ...chosen } : parsed };
    } else if (input.kind === 'form' || (input.kind === 'entry' && entryId === '')) given = { input: { data: formValues(component.fields, words, files) } };
    else if (input.kind === 'entry') given = { entryId: Number(entryId) };
    setBusy(true);
    const answer = await api<{ runId: string }>(`/flows/${flowId}/runs`, { method: 'POST', body: { ...given, version } });
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    onStarted(answer.data.runId);
    onClose();
  };
  const nothingRuns = version === 'draft' && !draftRuns;
  return (
    <Dialog open onClose={onClose} title={title} onSubmit={() => void start()} footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit" icon="play" autoFocus disabled={busy || nothingRuns}>{t('run.start')}</Button></>}>
      <div className={styles.form}>
        <div className={styles.choices} role="radiogroup" aria-label={t('run.which')}>
          <label><input type="radio" name="version" checked={version === 'draft'} disabled={!draftRuns} onChange={() => setVersion('draft')} /><span>{t('run.draft')}<small>{!mayRunDraft ? t('run.draftNeedsEditor') : errors > 0 ? t('run.draftHasErrors', { count: errors }) : t('run.draftHint')}</small></span></label>
          <label><input type="radio" name="version" checked={version !== 'draft'} disabled={publishedVersion === null} onChange={() => { if (publishedVersion !== null) setVersion(publishedVersion); }} /><span>{publishedVersion === null ? t('run.notPublished') : t('run.published', { version: publishedVersion })}<small>{publishedVersion === null ? t('run.publishFirst') : t('run.publishedHint')}</small></span></label>
        </div>
        {input.kind === 'none' && <p>{t('run.noInput')}</p>}
        {input.kind === 'raw' && input.files.map((key) => <FileField key={key} label={key} file={files[key]} onFile={(file) => setFiles((before) => ({ ...before, [key]: file }))} onFailure={setFailure} />)}
        {input.kind === 'raw' && <label className={styles.line}><span className={styles.lineLabel}>{t('run.input')}</span><textarea spellCheck={false} value={text} onChange={(event) => setRaw(event.target.value)} /></label>}
        {input.kind === 'entry' && <EntryPicker componentId={component.id} value={entryId} onChange={setEntryId} />}
        {(input.kind === 'form' || (input.kind === 'entry' && entryId === '')) && component.fields.map((field) => (field.type === 'file'
          ? <FileField key={field.name} label={field.title} file={files[field.name]} onFile={(file) => setFiles((before) => ({ ...before, [field.name]: file }))} onFailure={setFailure} />
          : <WordField key={field.name} field={field} value={words[field.name] ?? ''} onChange={(word) => setWords((before) => ({ ...before, [field.name]: word }))} />))}
        {failure && <FailureNote failure={failure} />}
      </div>
    </Dialog>
  );
}

/** The definition that would run: the draft as it stands, or the published version once it is read. */
function useVersion(flowId: string, version: 'draft' | number, draft: FlowDefinition): FlowDefinition | null {
  const [read, setRead] = useState<{ version: number; definition: FlowDefinition } | null>(null);
  useEffect(() => {
    if (version === 'draft') return;
    let stale = false;
    void api<{ definition: FlowDefinition }>(`/flows/${flowId}/versions/${version}`).then((answer) => { if (!stale && answer.ok) setRead({ version, definition: answer.data.definition }); });
    return () => { stale = true; };
  }, [flowId, version]);
  return version === 'draft' ? draft : read?.version === version ? read.definition : null;
}

function FileField({ label, file, onFile, onFailure }: { label: string; file: UploadedFile | undefined; onFile: (file: UploadedFile) => void; onFailure: (failure: ApiFailure | null) => void }) {
  const t = useTranslations('editor');
  const [busy, setBusy] = useState(false);
  const upload = async (chosen: File | undefined) => {
    if (!chosen) return;
    const body = new FormData();
    body.append('file', chosen);
    setBusy(true);
    const answer = await api<UploadedFile>('/files', { method: 'POST', body });
    setBusy(false);
    onFailure(answer.ok ? null : answer.failure);
    if (answer.ok) onFile(answer.data);
  };
  return <label className={styles.line}><span className={styles.lineLabel}>{label}</span><input type="file" aria-label={label} onChange={(event) => void upload(event.target.files?.[0])} /><small>{busy ? t('run.uploading') : file ? t('run.uploaded', { name: file.name }) : t('run.chooseFile')}</small></label>;
}

const inputTypes: Partial<Record<ComponentField['type'], string>> = { number: 'text', integer: 'text', date: 'date', datetime: 'datetime-local', time: 'time', uri: 'url' };

function WordField({ field, value, onChange }: { field: ComponentField; value: string; onChange: (word: string) => void }) {
  const t = useTranslations('editor');
  const options = field.type === 'boolean' ? [{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }] : field.enum?.map((each) => ({ value: String(each.value), label: each.label }));
  return (
    <label className={styles.line}>
      <span className={styles.lineLabel}>{field.title}{field.required ? ' *' : ''}</span>
      {options ? <select value={value} onChange={(event) => onChange(event.target.value)}><option value="">–</option>{options.map((each) => <option key={each.value} value={each.value}>{each.label}</option>)}</select>
        : <input type={inputTypes[field.type] ?? 'text'} inputMode={field.type === 'number' || field.type === 'integer' ? 'decimal' : undefined} value={value} onChange={(event) => onChange(event.target.value)} />}
    </label>
  );
}

function EntryPicker({ componentId, value, onChange }: { componentId: string; value: string; onChange: (id: string) => void }) {
  const t = useTranslations('editor');
  const [entries, setEntries] = useState<EntryModel[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    api<{ items: EntryModel[] }>(`/components/${componentId}/entries?limit=100&sort=-id`, { signal: stop.signal }).then((answer) => { if (answer.ok) setEntries(answer.data.items); }, () => undefined);
    return () => stop.abort();
  }, [componentId]);
  return (
    <label className={styles.line}>
      <span className={styles.lineLabel}>{t('run.entry')}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}><option value="">{t('run.newEntry')}</option>{entries.map((entry) => <option key={entry.id} value={entry.id}>{entry.name ? `${entry.name} (${entry.id})` : entry.id}</option>)}</select>
    </label>
  );
}

function parsedJson(text: string): Json | undefined {
  try {
    const parsed: Json = JSON.parse(text);
    return parsed;
  } catch {
    return undefined; // the person is told below the field
  }
}
