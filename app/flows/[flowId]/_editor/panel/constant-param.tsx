'use client';
import { useTranslations } from 'next-intl';
import type { Json } from '#flow/json';
import type { FieldType, ModelField } from '#flow/model-schema';
import { resolvePath } from '#flow/path';
import { parseConstant, showConstant, typeOfConstant } from './constant';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { NativeSelect } from './plain-params';
import type { ParamProps } from './param-field';
import { useDraft } from './use-draft';

/** A constant of the type of the field another parameter names. */
export function ConstantParam(props: ParamProps) {
  const { params, schemaOf } = usePanel();
  const named = props.meta.widget === 'constant' && props.meta.typeOf ? params[props.meta.typeOf] : undefined;
  return <ConstantInput {...props} field={fieldAt(schemaOf(undefined), typeof named === 'string' ? named : undefined)} />;
}

/** The field of a model at a path; workflow paths may leave out `data.`. */
export function fieldAt(schema: ReturnType<ReturnType<typeof usePanel>['schemaOf']>, path: string | undefined): ModelField | undefined {
  if (!schema || !path) return undefined;
  for (const each of [path, `data.${path}`]) {
    const resolved = resolvePath(schema, each);
    if (resolved.found) return resolved.field;
  }
  return undefined;
}

type Props = Pick<ParamProps, 'at' | 'value' | 'onChange' | 'id' | 'describedBy' | 'bad'> & { field?: ModelField | undefined; label?: string };

export function ConstantInput({ at, value, onChange, id, describedBy, bad, field, label }: Props) {
  const { editable, onEditing } = usePanel();
  const t = useTranslations('panel');
  const type: FieldType | undefined = field?.type;
  const draft = useDraft(showConstant(value, type), (text) => onChange(text === '' ? undefined : parseConstant(text, type)), (active) => onEditing(active ? at : null));
  if (field?.enum && field.enum.length > 0) {
    const options = field.enum.map((each) => ({ value: JSON.stringify(each.value), label: each.label }));
    return <NativeSelect id={id} {...(label ? { label } : {})} value={value === undefined ? '' : JSON.stringify(value)} options={options} onChange={(picked) => onChange(picked === undefined ? undefined : decoded(picked))} describedBy={describedBy} bad={bad} optional />;
  }
  if (type === 'boolean') {
    return <NativeSelect id={id} {...(label ? { label } : {})} value={typeof value === 'boolean' ? String(value) : ''} options={[{ value: 'true', label: t('yes') }, { value: 'false', label: t('no') }]} onChange={(picked) => onChange(picked === undefined ? undefined : picked === 'true')} describedBy={describedBy} bad={bad} optional />;
  }
  const shown = typeOfConstant(value);
  return (
    <span className={styles.withUnit}>
      <input id={id} className={styles.input} aria-label={label} aria-describedby={describedBy} aria-invalid={bad} readOnly={!editable} spellCheck={false} value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />
      {shown && <em>{t(`type.${shown}`)}</em>}
    </span>
  );
}

function decoded(text: string): Json {
  const parsed: Json = JSON.parse(text);
  return parsed;
}
