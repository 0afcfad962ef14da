'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ConnectorView } from '#db/connectors';
import type { EndpointView } from '#db/endpoints';
import { templateParameters, type CallMethod, type EndpointParameter } from '#flow/integration';
import type { Json } from '#flow/json';
import { api } from '../../_client/api';
import { Badge } from '../../_ui/badge';
import { Button } from '../../_ui/button';
import { Dialog } from '../../_ui/dialog';
import { ErrorNote } from '../../_ui/error-note';
import { Field } from '../../_ui/field';
import { Input } from '../../_ui/input';
import { Select } from '../../_ui/select';

type Outcome =
  | { reached: true; method: string; url: string; status: number; durationMs: number; headers: Record<string, string>; body: Json; bodyKind: string; sizeBytes: number; truncated: boolean }
  | { reached: false; failure: { code: string; message: string } };

/** Calls the endpoint with sample values and shows what came back. */
export function TestDialog({ connector, endpoint, onClose }: { connector: ConnectorView; endpoint: EndpointView; onClose: () => void }) {
  const t = useTranslations('integrations');
  const common = useTranslations('common');
  const parameters = parametersOf(endpoint);
  const [method, setMethod] = useState<CallMethod>(endpoint.methods[0] ?? 'Get');
  const [values, setValues] = useState<Record<string, string>>(() => Object.fromEntries(parameters.map((each) => [targetOf(each), wordsOf(each.default)])));
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);
  const call = async () => {
    setBusy(true);
    setError('');
    const given = parameters.filter((each) => (values[targetOf(each)] ?? '') !== '' && !(method === 'Get' && each.in === 'body')).map((each) => ({ target: targetOf(each), value: valueOf(each, values[targetOf(each)] ?? '') }));
    const answer = await api<Outcome>(`/connectors/${connector.id}/test`, { method: 'POST', body: { endpointId: endpoint.id, method, values: given } });
    setBusy(false);
    if (answer.ok) setOutcome(answer.data);
    else setError(answer.failure.message);
  };
  return (
    <Dialog open onClose={onClose} size="lg" title={t('testTitle', { name: endpoint.name })} description={t('testWhy')} onSubmit={() => void call()}
      footer={<><Button onClick={onClose}>{common('close')}</Button><Button type="submit" variant="primary" icon="play" disabled={busy}>{busy ? t('calling') : t('call')}</Button></>}>
      <div className="grid gap-3.5">
        <div className="flex items-center gap-2">
          <span className="w-26 flex-none"><Select label={t('method')} value={method} onChange={setMethod} options={endpoint.methods.map((value) => ({ value, label: value }))} /></span>
          <code className="mono min-w-0 truncate text-xs text-muted">{connector.baseUrl}{endpoint.path}</code>
        </div>
        {parameters.filter((each) => !(method === 'Get' && each.in === 'body')).map((each) => (
          <Field key={targetOf(each)} label={<code className="mono">{targetOf(each)}</code>} required={each.required ?? false} aside={<span className="text-faint">{each.type ?? 'string'}</span>}>
            <Input className="mono" value={values[targetOf(each)] ?? ''} onChange={(event) => setValues({ ...values, [targetOf(each)]: event.target.value })} />
          </Field>
        ))}
        {parameters.length === 0 && <p className="text-xs text-muted">{t('noParameters')}</p>}
        <div aria-live="polite">{error && <p role="alert" className="text-xs text-danger">{error}</p>}{outcome && <Answer outcome={outcome} />}</div>
      </div>
    </Dialog>
  );
}

function Answer({ outcome }: { outcome: Outcome }) {
  const t = useTranslations('integrations');
  if (!outcome.reached) return <ErrorNote className="rounded-2 border border-line p-3" title={outcome.failure.code}>{outcome.failure.message}</ErrorNote>;
  const good = outcome.status < 400;
  return (
    <section aria-label={t('answer')} className="overflow-hidden rounded-2 border border-line">
      <p className="flex flex-wrap items-center gap-2 border-b border-line bg-sunken px-3 py-2 text-xs">
        <Badge tone={good ? 'success' : 'danger'}>{outcome.status}</Badge><code className="mono min-w-0 truncate">{outcome.method} {outcome.url}</code>
        <span className="num ml-auto text-muted">{t('took', { ms: outcome.durationMs, bytes: outcome.sizeBytes })}</span>
      </p>
      <details className="border-b border-line px-3 py-2 text-xs"><summary className="cursor-pointer text-muted">{t('answerHeaders', { count: Object.keys(outcome.headers).length })}</summary>
        <dl className="mono mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5">{Object.entries(outcome.headers).map(([name, value]) => <div key={name} className="contents"><dt className="text-muted">{name}</dt><dd className="min-w-0 break-words">{value}</dd></div>)}</dl>
      </details>
      <pre tabIndex={0} aria-label={t('answerBody')} className="mono max-h-80 overflow-auto px-3 py-2 text-xs whitespace-pre-wrap">{outcome.bodyKind === 'binary' ? t('binary') : outcome.body === null ? t('emptyBody') : typeof outcome.body === 'string' ? outcome.body : JSON.stringify(outcome.body, null, 2)}</pre>
      {outcome.truncated && <p className="border-t border-line px-3 py-2 text-xs text-muted">{t('truncated')}</p>}
    </section>
  );
}

const targetOf = (each: EndpointParameter) => (each.name === '' ? 'body' : `${each.in}.${each.name}`);
const wordsOf = (value: Json | undefined) => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

function parametersOf(endpoint: EndpointView): EndpointParameter[] {
  const undeclared = templateParameters(endpoint.path).filter((name) => !endpoint.parameters.some((each) => each.in === 'path' && each.name === name));
  return [...undeclared.map((name): EndpointParameter => ({ name, in: 'path', required: true })), ...endpoint.parameters];
}

/** Lists, objects and whole bodies are typed as JSON; whatever is none is sent as text. */
function valueOf({ type, name }: EndpointParameter, words: string): Json {
  if (type !== 'array' && type !== 'object' && name !== '') return words;
  try {
    const value: Json = JSON.parse(words);
    return value;
  } catch {
    return words;
  }
}
