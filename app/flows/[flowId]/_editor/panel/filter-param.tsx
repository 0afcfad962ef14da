'use client';
import { useLocale, useTranslations } from 'next-intl';
import { modelField } from '#flow/component-schema';
import { systemFields } from '#flow/component-model';
import { isJsonObject, type JsonObject } from '#flow/json';
import { operatorChoices } from '#flow/steps/operators';
import { localeOf } from '../../../../_run/duration';
import { AddRow } from './add-row';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { Below, type ParamProps } from './param-field';
import { NativeSelect } from './plain-params';
import { useFieldsOf } from './ref-param';
import { RowTools, rowsWith } from './row-tools';
import { ValueParam } from './value-param';

/** Conditions on the fields of a component, all or any of them to hold. */
export function FilterParam({ at, meta, value, onChange, id }: ParamProps) {
  const { editable, problems } = usePanel();
  const locale = localeOf(useLocale());
  const t = useTranslations('panel');
  const fields = useFieldsOf(meta.widget === 'filter' ? meta.component : undefined);
  const stored = isJsonObject(value) ? value : {};
  const mode = Array.isArray(stored['any']) ? 'any' : 'all';
  const list = stored[mode];
  const rows: JsonObject[] = Array.isArray(list) ? list.filter(isJsonObject) : [];
  const write = (next: JsonObject[], as = mode) => onChange(next.length === 0 ? undefined : { [as]: next });
  const put = (place: number, part: JsonObject) => write(rows.map((row, i) => (i === place ? { ...row, ...part } : row)));
  const names = [...fields.map((each) => ({ value: each.name, label: each.title })), ...systemFields.map((name) => ({ value: name, label: name }))];
  return (
    <div className={styles.rows}>
      {rows.length > 1 && <NativeSelect id={`${id}-mode`} label={t('filterMode')} value={mode} options={[{ value: 'all', label: t('filterAll') }, { value: 'any', label: t('filterAny') }]} onChange={(next) => write(rows, next === 'any' ? 'any' : 'all')} />}
      {rows.map((row, place) => {
        const name = typeof row['field'] === 'string' ? row['field'] : '';
        const field = fields.find((each) => each.name === name);
        const here = `${at}.${mode}[${place}]`;
        return (
          <div key={place} className={styles.row} role="group" aria-label={t('row', { number: place + 1 })}>
            <div className={styles.line}>
              <NativeSelect id={`${id}-${place}-field`} label={t('field')} value={name} options={names} onChange={(next) => put(place, { field: next ?? '' })} />
              <RowTools place={place} count={rows.length} onMove={(to) => write(rowsWith(rows, place, to))} onRemove={() => write(rows.filter((_row, i) => i !== place))} />
            </div>
            <NativeSelect id={`${id}-${place}-op`} label={t('operator')} value={typeof row['operator'] === 'string' ? row['operator'] : 'equal'} options={operatorChoices.map((each) => ({ value: each.value, label: each.label[locale] }))} onChange={(next) => put(place, { operator: next ?? 'equal' })} />
            <ValueParam at={`${here}.value`} id={`${id}-${place}`} value={row['value']} onChange={(next) => put(place, { value: next ?? { const: '' } })} compact forms={operandForms} port={undefined} label={t('valueOf', { name })} field={field ? modelField(field) : undefined} />
            <Below id={`${id}-${place}`} problems={problems.filter((problem) => problem.param?.startsWith(here))} />
          </div>
        );
      })}
      {editable && <AddRow label={t('addCondition')} onAdd={() => write([...rows, { field: fields[0]?.name ?? 'id', operator: 'equal', value: { const: '' } }])} />}
    </div>
  );
}

const operandForms = ['const', 'field'] as const;
