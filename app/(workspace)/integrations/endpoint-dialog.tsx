'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ConnectorView } from '#db/connectors';
import type { EndpointView } from '#db/endpoints';
import { callMethods, parameterPlaces, parameterTypes, type CallMethod, type EndpointParameter } from '#flow/integration';
import type { Json } from '#flow/json';
import { Button } from '../../_ui/button';
import { Checkbox } from '../../_ui/checkbox';
import { Dialog } from '../../_ui/dialog';
import { Field } from '../../_ui/field';
import { IconButton } from '../../_ui/icon-button';
import { Input } from '../../_ui/input';
import { Select } from '../../_ui/select';
import { Switch } from '../../_ui/switch';
import { Textarea } from '../../_ui/textarea';
import { useSave } from './use-save';

type Draft = Omit<EndpointParameter, 'default'> & { default: string };
const bodyKinds = ['json', 'form', 'multipart'] as const;

export function EndpointDialog({ connector, endpoint, onClose }: { connector: ConnectorView; endpoint: EndpointView | null; onClose: () => void }) {
  const t = useTranslations('integrations');
  const common = useTranslations('common');
  const [name, setName] = useState(endpoint?.name ?? '');
  const [path, setPath] = useState(endpoint?.path ?? '/');
  const [methods, setMethods] = useState<readonly CallMethod[]>(endpoint?.methods ?? ['Get']);
  const [parameters, setParameters] = useState<readonly Draft[]>((endpoint?.parameters ?? []).map((each) => ({ ...each, default: wordsOf(each.default) })));
  const [bodyKind, setBodyKind] = useState(endpoint?.bodyKind ?? 'json');
  const [idempotent, setIdempotent] = useState(endpoint?.idempotent ?? false);
  const [schema, setSchema] = useState(endpoint?.responseSchema ? JSON.stringify(endpoint.responseSchema, null, 2) : '');
  const { errors, busy, save, setErrors } = useSave(['name', 'path', 'methods', 'parameters', 'responseSchema'], onClose);
  const submit = () => {
    if (name.trim() === '') return setErrors({ name: t('nameMissing') });
    const responseSchema = schema.trim() === '' ? null : jsonOf(schema);
    if (responseSchema === undefined) return setErrors({ responseSchema: t('schemaBroken') });
    const body = { name: name.trim(), path: path.trim(), methods, parameters: parameters.map(stored), bodyKind, idempotent, responseSchema };
    void save(endpoint ? `/endpoints/${endpoint.id}` : '/endpoints', endpoint ? 'PATCH' : 'POST', endpoint ? body : { connectorId: connector.id, ...body });
  };
  const put = (place: number, part: Partial<Draft>) => setParameters(parameters.map((each, at) => (at === place ? { ...each, ...part } : each)));
  return (
    <Dialog open onClose={onClose} size="lg" title={endpoint ? t('editEndpoint') : t('newEndpoint')} description={t('endpointWhy', { name: connector.name })} onSubmit={submit}
      footer={<><Button onClick={onClose}>{common('cancel')}</Button><Button type="submit" variant="primary" disabled={busy}>{t('save')}</Button></>}>
      <div className="grid gap-3.5">
        <Field label={t('name')} required error={errors['name']}><Input autoFocus value={name} onChange={(event) => setName(event.target.value)} maxLength={200} /></Field>
        <Field label={t('path')} required help={t('pathHelp')} error={errors['path']}><Input className="mono" value={path} placeholder="/orders/{id}" onChange={(event) => setPath(event.target.value)} maxLength={1000} /></Field>
        <fieldset>
          <legend className="mb-[5px] text-xs font-medium text-muted">{t('methods')}</legend>
          <div className="flex gap-4">{callMethods.map((method) => <Checkbox key={method} checked={methods.includes(method)} onChange={(on) => setMethods(callMethods.filter((each) => (each === method ? on : methods.includes(each))))}>{method}</Checkbox>)}</div>
          {errors['methods'] && <p role="alert" className="mt-[5px] text-xs text-danger">{errors['methods']}</p>}
        </fieldset>
        <fieldset className="grid gap-2">
          <legend className="mb-[5px] text-xs font-medium text-muted">{t('parameters')}</legend>
          {parameters.map((each, place) => (
            <div key={place} role="group" aria-label={t('parameterNumber', { number: place + 1 })} className="flex items-center gap-2">
              <span className="w-26 flex-none"><Select label={t('in')} value={each.in} onChange={(next) => put(place, { in: next })} options={parameterPlaces.map((value) => ({ value, label: value }))} /></span>
              <Input className="mono" aria-label={t('parameterName')} placeholder={each.in === 'body' ? t('wholeBody') : t('parameterName')} value={each.name} onChange={(event) => put(place, { name: event.target.value })} maxLength={200} />
              <span className="w-30 flex-none"><Select label={t('type')} value={each.type ?? 'string'} onChange={(type) => put(place, { type })} options={parameterTypes.map((value) => ({ value, label: value }))} /></span>
              <Input className="mono" aria-label={t('default')} placeholder={t('default')} value={each.default} onChange={(event) => put(place, { default: event.target.value })} />
              <Checkbox checked={each.required ?? false} onChange={(required) => put(place, { required })}>{t('required')}</Checkbox>
              <IconButton label={t('removeParameter')} icon="x" onClick={() => setParameters(parameters.filter((_each, at) => at !== place))} />
            </div>
          ))}
          {errors['parameters'] && <p role="alert" className="text-xs text-danger">{errors['parameters']}</p>}
          <Button size="sm" variant="ghost" icon="plus" className="justify-self-start" onClick={() => setParameters([...parameters, { name: '', in: 'query', type: 'string', default: '' }])}>{t('addParameter')}</Button>
        </fieldset>
        <Field label={t('bodyKind')}><Select label={t('bodyKind')} value={bodyKind} onChange={setBodyKind} options={bodyKinds.map((value) => ({ value, label: t(`body.${value}`) }))} /></Field>
        <div><Switch checked={idempotent} onChange={setIdempotent}>{t('idempotent')}</Switch><p className="mt-1 text-xs text-muted">{t('idempotentHelp')}</p></div>
        <Field label={t('responseSchema')} help={t('responseSchemaHelp')} error={errors['responseSchema']}><Textarea className="mono" rows={5} spellCheck={false} value={schema} onChange={(event) => setSchema(event.target.value)} /></Field>
        {errors[''] && <p role="alert" className="text-xs text-danger">{errors['']}</p>}
      </div>
    </Dialog>
  );
}

const wordsOf = (value: Json | undefined) => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** A default is text unless its type says otherwise. */
function stored({ default: words, ...rest }: Draft): EndpointParameter {
  if (words.trim() === '') return rest;
  const isText = rest.type === undefined || ['string', 'date', 'date-time'].includes(rest.type);
  return { ...rest, default: isText ? words : (jsonOf(words) ?? words) };
}

function jsonOf(words: string): Json | undefined {
  try {
    const value: Json = JSON.parse(words);
    return value;
  } catch {
    return undefined;
  }
}
