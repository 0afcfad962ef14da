'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { endpointOf } from '#flow/check-integration';
import { targetText } from '#flow/endpoint-request';
import type { Json, JsonObject } from '#flow/json';
import { isEmptyParam } from '#flow/steps/field';
import type { WorkspaceIndex } from '#flow/workspace-index';
import { systemFields } from '#flow/component-model';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import { NativeSelect } from './plain-params';
import styles from './panel.module.css';
import type { ParamProps } from './param-field';
import { useDraft } from './use-draft';

type Ref = Extract<ParamProps['meta'], { widget: 'ref' }>;
type Option = { value: string; label: string };

/** A component, flow or part of an integration of the workspace. */
export function RefParam({ at, meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const { index } = useEditor();
  const { params } = usePanel();
  if (meta.widget !== 'ref') return null;
  if (meta.of === 'endpoint') return <EndpointParam meta={meta} value={value} onChange={onChange} id={id} at={at} describedBy={describedBy} bad={bad ?? false} />;
  const options = optionsOf(meta, params, index);
  return <NativeSelect id={id} value={typeof value === 'string' ? value : ''} options={options.toSorted((a, b) => a.label.localeCompare(b.label))} onChange={onChange} describedBy={describedBy} bad={bad} optional={!meta.required} />;
}

function optionsOf(meta: Ref, params: JsonObject, { components, flows, integrations }: WorkspaceIndex): Option[] {
  switch (meta.of) {
    case 'component':
      return components.map((each) => ({ value: each.id, label: each.title }));
    case 'flow': {
      const within = meta.within ? params[meta.within] : undefined;
      return flows.filter((each) => each.kind === meta.kind && (typeof within !== 'string' || each.componentId === within)).map((each) => ({ value: each.id, label: each.name }));
    }
    case 'system':
      return (integrations?.systems ?? []).map((each) => ({ value: each.id, label: each.name }));
    case 'connector':
      return (integrations?.connectors ?? []).filter((each) => each.systemId === params[meta.within]).map((each) => ({ value: each.id, label: each.name }));
    case 'endpoint':
      return (integrations?.endpoints ?? []).filter((each) => each.connectorId === params[meta.within]).map((each) => ({ value: each.id, label: `${each.name} · ${each.path}` }));
  }
}

/** An endpoint of the connector, or a path of one's own. */
function EndpointParam({ at, meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const { index } = useEditor();
  const { type, params, editable, onEditing, setParam } = usePanel();
  const t = useTranslations('panel');
  const stored = typeof value === 'string' ? value : '';
  const [free, setFree] = useState(false);
  const own = free || stored.startsWith('/');
  const draft = useDraft(own ? stored : '', (text) => onChange(text.trim() === '' ? undefined : text.trim()), (active) => onEditing(active ? at : null));
  if (meta.widget !== 'ref' || meta.of !== 'endpoint') return null;
  const options = optionsOf(meta, params, index).toSorted((a, b) => a.label.localeCompare(b.label));
  const choose = (next: Json | undefined) => {
    setFree(next === ownPath);
    onChange(next === ownPath ? undefined : next);
    // What the endpoint cannot do without stands there at once.
    const required = (endpointOf(next, index.integrations)?.parameters ?? []).filter((each) => each.required && (each.default ?? null) === null);
    if (type.params['parametersMapping'] && required.length > 0 && isEmptyParam(params['parametersMapping'])) setParam('parametersMapping', required.map((each) => ({ target: targetText(each), value: { const: '' } })));
  };
  return (
    <span className={styles.rows}>
      <NativeSelect id={id} value={own ? ownPath : stored} options={meta.free ? [...options, { value: ownPath, label: t('ownPath') }] : options} onChange={choose} describedBy={describedBy} bad={bad ?? false} optional={!meta.required} />
      {own && <input className={styles.input} data-mono aria-label={t('ownPath')} aria-describedby={describedBy} aria-invalid={bad} readOnly={!editable} spellCheck={false} placeholder="/orders/{id}" value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />}
    </span>
  );
}

const ownPath = '/';

export function ComponentFieldParam({ meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const fields = useFieldsOf(meta.widget === 'componentField' ? meta.component : undefined);
  const own = fields.map((each) => ({ value: each.name, label: each.title === each.name ? each.name : `${each.title} (${each.name})` }));
  const options = meta.widget === 'componentField' && meta.system ? [...own, ...systemFields.map((name) => ({ value: name, label: name }))] : own;
  return <NativeSelect id={id} value={typeof value === 'string' ? value : ''} options={options} onChange={onChange} describedBy={describedBy} bad={bad} optional={!meta.required} />;
}

/** Fields of the component that a parameter names; of the flow's own when no parameter is given. */
export function useFieldsOf(param: string | undefined) {
  const { index, component } = useEditor();
  const { params } = usePanel();
  if (param === undefined) return component.fields;
  return index.components.find((each) => each.id === params[param])?.fields ?? [];
}
