'use client';
import { useLocale, useTranslations } from 'next-intl';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import { isShown, type ParamMeta } from '#flow/steps/field';
import { localeOf } from '../../../../_run/duration';
import { AddRow } from './add-row';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { ParamField, type ParamProps } from './param-field';
import { RowTools, rowsWith } from './row-tools';

/** Rows of small forms, such as the operations of a calculation. */
export function ListParam({ at, meta, value, onChange }: ParamProps) {
  const { editable } = usePanel();
  const locale = localeOf(useLocale());
  const t = useTranslations('panel');
  if (meta.widget !== 'list') return null;
  const rows = Array.isArray(value) ? value.filter(isJsonObject) : [];
  const put = (place: number, key: string, next: Json | undefined) => onChange(rows.map((row, i) => (i === place ? withKey(row, key, next) : row)));
  return (
    <div className={styles.rows}>
      {rows.map((row, place) => (
        <div key={place} className={styles.row} role="group" aria-label={t('row', { number: place + 1 })}>
          <div className={styles.rowHead}><span>{t('row', { number: place + 1 })}</span><RowTools place={place} count={rows.length} onMove={(to) => onChange(rowsWith(rows, place, to))} onRemove={() => onChange(rows.length === 1 ? undefined : rows.filter((_row, i) => i !== place))} /></div>
          {Object.entries(meta.columns).filter(([, column]) => isShown(column, row, meta.columns)).map(([key, column]) => (
            <ParamField key={key} at={`${at}[${place}].${key}`} meta={column} value={row[key] ?? column.default} onChange={(next) => put(place, key, next)} />
          ))}
        </div>
      ))}
      {editable && <AddRow label={meta.addLabel[locale]} onAdd={() => onChange([...rows, fresh(meta.columns)])} />}
    </div>
  );
}

/** A new row starts with the first of each required choice, so that it is never refused as empty. */
function fresh(columns: Record<string, ParamMeta>): JsonObject {
  return Object.fromEntries(Object.entries(columns).flatMap(([key, column]): [string, Json][] => {
    const first = column.widget === 'choice' && column.required ? column.choices[0]?.value : undefined;
    const given = column.default ?? first;
    return given === undefined ? [] : [[key, given]];
  }));
}

function withKey(row: JsonObject, key: string, value: Json | undefined): JsonObject {
  const { [key]: _old, ...rest } = row;
  return value === undefined ? rest : { ...rest, [key]: value };
}
