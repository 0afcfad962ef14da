'use client';
import { useLocale, useTranslations } from 'next-intl';
import { isJsonObject, type Json, type JsonObject } from '#flow/json';
import { endpointOf } from '#flow/check-integration';
import { targetText } from '#flow/endpoint-request';
import { modelField } from '#flow/component-schema';
import type { ParamMeta } from '#flow/steps/field';
import { localeOf } from '../../../../_run/duration';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { pathsOf } from './model-paths';
import { Below, type ParamProps } from './param-field';
import { useFieldsOf } from './ref-param';
import { RowTools, rowsWith } from './row-tools';
import { AddRow } from './add-row';
import { useDraft } from './use-draft';
import { ValueParam } from './value-param';

type Mapping = Extract<ParamMeta, { widget: 'mapping' }>;

/** Target ← value, row by row. */
export function MappingParam({ at, meta, value, onChange, id }: ParamProps) {
  const { editable, schemaOf } = usePanel();
  const locale = localeOf(useLocale());
  const t = useTranslations('panel');
  const fields = useTargets(meta);
  if (meta.widget !== 'mapping') return null;
  const rows = Array.isArray(value) ? value.filter(isJsonObject) : [];
  const add = () => onChange([...rows, nextRow(rows, meta, pathsOf(schemaOf(meta.port)).map((each) => each.path), fields)]);
  return (
    <div className={styles.rows}>
      {rows.map((row, place) => <MappingRow key={place} at={`${at}[${place}]`} id={`${id}-${place}`} meta={meta} row={row} rows={rows} place={place} onChange={onChange} />)}
      {editable && <AddRow label={meta.addLabel?.[locale] ?? t('addRow')} onAdd={add} />}
    </div>
  );
}

/** What the left side of a row may name: fields of the component, or the endpoint's parameters, required ones first. */
function useTargets(meta: ParamMeta): string[] {
  const { params } = usePanel();
  const { index } = useEditor();
  const target = meta.widget === 'mapping' ? meta.target : null;
  const fields = useFieldsOf(target?.kind === 'componentField' ? target.component : undefined);
  if (target?.kind === 'componentField') return fields.filter((each) => target.only !== 'primaryKey' || each.primaryKey).map((each) => each.name);
  if (target?.kind !== 'endpointParameter') return [];
  const parameters = endpointOf(params[target.endpoint], index.integrations)?.parameters ?? [];
  return parameters.toSorted((a, b) => Number(b.required ?? false) - Number(a.required ?? false)).map(targetText);
}

/** A new row takes the next thing that no row has: a field of the target component, of the source, or a column. */
function nextRow(rows: readonly JsonObject[], { forms, target }: Mapping, paths: readonly string[], fields: readonly string[]): JsonObject {
  const named = target.kind === 'componentField' || target.kind === 'endpointParameter';
  const taken = new Set(rows.map((row) => String(row['target']).split('@')[0]));
  const path = paths.find((each) => !taken.has(lastPart(each)) && !each.startsWith('$'));
  const field = named ? fields.find((each) => !taken.has(each)) : undefined;
  const name = field ?? (path && !forms.includes('column') ? lastPart(path) : freeTarget(taken));
  if (forms.includes('column')) return { target: name, value: { column: columnName(rows.length) } };
  if (!forms.includes('field')) return { target: name, value: { const: '' } };
  const same = paths.find((each) => lastPart(each) === lastPart(name)) ?? path;
  return { target: name, value: same ? { field: same } : { const: '' } };
}

const lastPart = (path: string) => path.split('.').at(-1) ?? path;
const columnName = (place: number) => (place < 26 ? String.fromCodePoint(65 + place) : String(place + 1));

function freeTarget(taken: ReadonlySet<string | undefined>): string {
  let number = taken.size + 1;
  while (taken.has(`field${number}`)) number++;
  return `field${number}`;
}

type RowProps = { at: string; id: string; meta: Mapping; row: JsonObject; rows: readonly JsonObject[]; place: number; onChange: (value: Json | undefined) => void };

function MappingRow({ at, id, meta, row, rows, place, onChange }: RowProps) {
  const { problems } = usePanel();
  const t = useTranslations('panel');
  const fields = useFieldsOf(meta.target.kind === 'componentField' ? meta.target.component : undefined);
  const targets = useTargets(meta);
  const mine = problems.filter((problem) => problem.param === at || problem.param?.startsWith(`${at}.`));
  const target = typeof row['target'] === 'string' ? row['target'] : '';
  const put = (part: JsonObject) => onChange(rows.map((each, i) => (i === place ? { ...each, ...part } : each)));
  const field = meta.target.kind === 'componentField' ? fields.find((each) => each.name === target.replace(/^data\./, '')) : undefined;
  return (
    <div className={styles.row} role="group" aria-label={t('row', { number: place + 1 })} data-bad={mine.some((each) => each.level === 'error') || undefined}>
      <div className={styles.line}>
        <TargetInput id={`${id}-target`} at={at} value={target} list={meta.target.kind === 'componentField' || meta.target.kind === 'endpointParameter' ? targets : null} onChange={(text) => put({ target: text })} />
        <RowTools place={place} count={rows.length} onMove={(to) => onChange(rowsWith(rows, place, to))} onRemove={() => onChange(rows.length === 1 ? undefined : rows.filter((_row, i) => i !== place))} />
      </div>
      <ValueParam at={`${at}.value`} id={id} value={row['value']} onChange={(next) => { if (next !== undefined) put({ value: next }); }} compact forms={meta.forms} port={meta.port} label={t('valueOf', { name: target })} field={field ? modelField(field) : undefined} />
      <Below id={id} problems={mine} />
    </div>
  );
}

function TargetInput({ id, at, value, list, onChange }: { id: string; at: string; value: string; list: string[] | null; onChange: (text: string) => void }) {
  const { editable, onEditing } = usePanel();
  const t = useTranslations('panel');
  const draft = useDraft(value, (text) => { if (text.trim() !== '') onChange(text.trim()); }, (active) => onEditing(active ? at : null));
  return (
    <>
      <input id={id} className={styles.input} data-mono aria-label={t('target')} list={list ? `${id}-list` : undefined} readOnly={!editable} spellCheck={false} value={draft.value} placeholder={t('targetHint')} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />
      {list && <datalist id={`${id}-list`}>{list.map((name) => <option key={name} value={name} />)}</datalist>}
    </>
  );
}
