'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { isJsonObject, type Json } from '#flow/json';
import styles from './step-data.module.css';

/** Names of a list of items in the order they first appear; null when an item is not an object, so no table fits. */
export function columnsOf(items: readonly Json[]): string[] | null {
  const names = new Set<string>();
  for (const item of items) {
    if (!isJsonObject(item)) return null;
    for (const key of Object.keys(item)) names.add(key);
  }
  return [...names];
}

export function JsonScalar({ value }: { value: Json | undefined }) {
  if (value === undefined) return <span className={styles.absent}>–</span>;
  if (value === null) return <span className={styles.null}>null</span>;
  if (typeof value === 'string') return <span className={styles.string}>{JSON.stringify(value)}</span>;
  if (typeof value === 'object') return <span className={styles.plain}>{JSON.stringify(value)}</span>;
  return <span className={styles.number}>{String(value)}</span>;
}

const firstChildren = 100;

/** A JSON value as nested, folding rows. `bad` names a path (from the root) to point at. */
export function JsonTree({ value, name, depth = 0, path = '', bad }: { value: Json; name?: string; depth?: number; path?: string; bad?: string | undefined }) {
  const t = useTranslations('run');
  const onTheWay = bad !== undefined && (path === '' || bad === path || bad.startsWith(`${path}.`) || bad.startsWith(`${path}[`));
  const [open, setOpen] = useState(depth < 2 || onTheWay);
  const [limit, setLimit] = useState(firstChildren);
  const label = name === undefined ? null : <span className={styles.key}>{name}</span>;
  const indent = { paddingLeft: 8 + depth * 14 };
  if (value === null || typeof value !== 'object') {
    return <div className={styles.node} style={indent} data-bad={(bad !== undefined && bad === path) || undefined}><i className={styles.fold} />{label}<JsonScalar value={value} /></div>;
  }
  const children: [string, Json][] = Array.isArray(value) ? value.map((each, index) => [String(index), each]) : Object.entries(value);
  const size = Array.isArray(value) ? t('value.list', { count: children.length }) : t('value.object', { count: children.length });
  const childPath = (key: string) => (Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
  return (
    <>
      <button type="button" className={styles.node} style={indent} aria-expanded={open} onClick={() => setOpen(!open)} data-bad={(bad !== undefined && bad === path) || undefined}>
        <i className={styles.fold} data-open={open} />{label}<span className={styles.size}>{Array.isArray(value) ? '[ ]' : '{ }'} {size}</span>
      </button>
      {open && children.slice(0, limit).map(([key, each]) => <JsonTree key={key} name={key} value={each} depth={depth + 1} path={childPath(key)} bad={bad} />)}
      {open && children.length > limit && <button type="button" className={styles.more} style={{ paddingLeft: 28 + depth * 14 }} onClick={() => setLimit(limit + 1000)}>{t('value.more', { count: children.length - limit })}</button>}
    </>
  );
}
