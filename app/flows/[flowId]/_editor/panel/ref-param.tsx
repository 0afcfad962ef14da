'use client';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import { NativeSelect } from './plain-params';
import type { ParamProps } from './param-field';

/** A component or a flow of the workspace. */
export function RefParam({ meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const { index } = useEditor();
  const { params } = usePanel();
  if (meta.widget !== 'ref') return null;
  const within = meta.of === 'flow' && meta.within ? params[meta.within] : undefined;
  const options = meta.of === 'component'
    ? index.components.map((each) => ({ value: each.id, label: each.title }))
    : index.flows.filter((each) => each.kind === meta.kind && (typeof within !== 'string' || each.componentId === within)).map((each) => ({ value: each.id, label: each.name }));
  return <NativeSelect id={id} value={typeof value === 'string' ? value : ''} options={options.toSorted((a, b) => a.label.localeCompare(b.label))} onChange={onChange} describedBy={describedBy} bad={bad} optional={!meta.required} />;
}

export function ComponentFieldParam({ meta, value, onChange, id, describedBy, bad }: ParamProps) {
  const fields = useFieldsOf(meta.widget === 'componentField' ? meta.component : undefined);
  const options = fields.map((each) => ({ value: each.name, label: each.title === each.name ? each.name : `${each.title} (${each.name})` }));
  return <NativeSelect id={id} value={typeof value === 'string' ? value : ''} options={options} onChange={onChange} describedBy={describedBy} bad={bad} optional={!meta.required} />;
}

/** Fields of the component that a parameter names; of the flow's own when no parameter is given. */
export function useFieldsOf(param: string | undefined) {
  const { index, component } = useEditor();
  const { params } = usePanel();
  if (param === undefined) return component.fields;
  return index.components.find((each) => each.id === params[param])?.fields ?? [];
}
