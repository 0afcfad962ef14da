'use client';
import { useTranslations } from 'next-intl';
import { IconButton } from '../../../../_ui/icon-button';
import { Button } from '../../../../_ui/button';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { PathPicker } from './path-picker';
import type { ParamProps } from './param-field';

export function PathParam({ at, meta, value, onChange, id, describedBy, bad }: ParamProps) {
  if (meta.widget !== 'path') return null;
  return <PathPicker at={at} id={id} port={meta.port} value={typeof value === 'string' ? value : ''} onChange={onChange} expects={meta.expects} describedBy={describedBy} bad={bad} />;
}

/** Several paths, in order. */
export function PathsParam({ at, meta, value, onChange, id, bad }: ParamProps) {
  const { editable } = usePanel();
  const t = useTranslations('panel');
  if (meta.widget !== 'paths') return null;
  const paths = Array.isArray(value) ? value.map((each) => (typeof each === 'string' ? each : '')) : [];
  const put = (place: number, path: string | undefined) => onChange(paths.map((each, i) => (i === place ? (path ?? '') : each)).filter((each) => each !== ''));
  return (
    <div className={styles.rows}>
      {paths.map((path, place) => (
        <div key={`${place}:${path}`} className={styles.line}>
          <PathPicker at={`${at}[${place}]`} id={`${id}-${place}`} port={meta.port} value={path} onChange={(next) => put(place, next)} expects={meta.expects} bad={bad} label={t('fieldNumber', { number: place + 1 })} />
          {editable && <IconButton label={t('removeRow')} icon="x" size="sm" onClick={() => onChange(paths.filter((_each, i) => i !== place))} />}
        </div>
      ))}
      {editable && <PathPicker key={`new-${paths.length}`} at={at} id={id} port={meta.port} value="" onChange={(path) => { if (path && !paths.includes(path)) onChange([...paths, path]); }} expects={meta.expects} label={t('addField')} />}
      {editable && paths.length > 1 && <Button variant="ghost" size="sm" onClick={() => onChange(undefined)}>{t('removeAll')}</Button>}
    </div>
  );
}
