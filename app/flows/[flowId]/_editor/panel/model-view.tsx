'use client';
import { useTranslations } from 'next-intl';
import type { ModelSchema } from '#flow/model-schema';
import { StepData } from '../../../../_run/step-data';
import { Icon } from '../../../../_ui/icon';
import { Segmented } from '../../../../_ui/segmented';
import { useEditor } from '../editor-context';
import { pathsOf } from './model-paths';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { typeIcons } from './path-picker';

export type ModelViewKind = 'schema' | 'sample' | 'diff';
type Props = { view: ModelViewKind; onView: (view: ModelViewKind) => void };
type Row = { path: string; type: keyof typeof typeIcons; diff?: 'added' | 'removed' | 'changed' };

/** What the step gives: its fields, items of the last run, and what it changed of its source's model. */
export function ModelView({ view, onView }: Props) {
  const { schemas, sampleRunId, definition } = useEditor();
  const { step, schemaOf, type } = usePanel();
  const t = useTranslations('panel');
  const schema = schemas.get(step.id) ?? (definition.kind === 'workflow' ? schemaOf(undefined) : undefined);
  const source = schemaOf(type.kind === 'dataflow' && type.sources === 'two' ? 'left' : 'source');
  return (
    <>
      <div className={styles.modelHead}>
        <Segmented label={t('modelView')} value={view} onChange={onView} options={[{ value: 'schema', label: t('schema') }, { value: 'sample', label: t('sample') }, { value: 'diff', label: t('diff') }]} />
        {schema && view !== 'sample' && <span>{t(schema.cardinality === 'many' ? 'manyItems' : 'oneItem')}</span>}
      </div>
      {view === 'sample' ? (
        sampleRunId ? <StepData key={`${sampleRunId}:${step.id}`} runId={sampleRunId} stepId={step.id} step={undefined} side="out" /> : <p className={styles.empty}>{t('noSample')}</p>
      ) : !schema ? <p className={styles.empty}>{t('noSchema')}</p> : <Rows rows={view === 'schema' ? rowsOf(schema) : diffRows(source, schema)} open={schema.open} />}
    </>
  );
}

function Rows({ rows, open }: { rows: readonly Row[]; open: boolean }) {
  const t = useTranslations('panel');
  if (rows.length === 0) return <p className={styles.empty}>{t(open ? 'anyFields' : 'noFields')}</p>;
  return (
    <ul className={styles.schema}>
      {rows.map((row) => <li key={`${row.diff ?? ''}${row.path}`} data-diff={row.diff}><Icon name={typeIcons[row.type]} size={13} /><code>{row.path}</code>{row.diff && <small>{t(`changed.${row.diff}`)}</small>}<small>{row.type}</small></li>)}
      {open && <li><small>{t('maybeMore')}</small></li>}
    </ul>
  );
}

const rowsOf = (schema: ModelSchema): Row[] => pathsOf(schema).map(({ path, type }) => ({ path, type }));

function diffRows(before: ModelSchema | undefined, after: ModelSchema): Row[] {
  const old = new Map(pathsOf(before).map((each) => [each.path, each.type]));
  const now = new Map(pathsOf(after).map((each) => [each.path, each.type]));
  const present = [...now].map(([path, type]): Row => (!old.has(path) ? { path, type, diff: 'added' } : old.get(path) !== type ? { path, type, diff: 'changed' } : { path, type }));
  const gone = [...old].flatMap(([path, type]): Row[] => (now.has(path) ? [] : [{ path, type, diff: 'removed' }]));
  return [...present, ...gone];
}
