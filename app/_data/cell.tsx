'use client';
import { useFormatter, useTranslations } from 'next-intl';
import type { ComponentField } from '#flow/component-model';
import { isJsonObject, type Json } from '#flow/json';
import { Icon } from '../_ui/icon';
import styles from './data.module.css';

/** Numbers and times stand right, everything else left. */
export function isRight(field: ComponentField): boolean {
  return (field.type === 'number' || field.type === 'integer') && !field.enum;
}

/** One value of an entry as people read it: labels for enums, names for references, the viewer's zone for times. */
export function Cell({ field, value }: { field: ComponentField; value: Json | undefined }) {
  const t = useTranslations('data');
  const format = useFormatter();
  if (value === undefined || value === null || value === '') return <span className={styles.empty} aria-label={t('cell.empty')}>–</span>;
  const choice = field.enum?.find((each) => each.value === value);
  if (choice) return <span className={styles.tag}>{choice.label}</span>;
  switch (field.type) {
    case 'number': case 'integer':
      return typeof value === 'number' ? <span className={styles.num}>{format.number(value, { maximumFractionDigits: 10, useGrouping: !isYear(field, value) })}</span> : text(value);
    case 'boolean':
      return value === true ? <span className={styles.yes}><Icon name="check" size={14} />{t('cell.yes')}</span> : <span className={styles.no}>{t('cell.no')}</span>;
    case 'datetime':
      return <time className={styles.num} dateTime={String(value)}>{format.dateTime(new Date(String(value)), { dateStyle: 'medium', timeStyle: 'short' })}</time>;
    case 'date':
      return <time className={styles.num} dateTime={String(value)}>{format.dateTime(new Date(`${String(value)}T00:00:00Z`), { dateStyle: 'medium', timeZone: 'UTC' })}</time>;
    case 'time':
      return <span className={styles.num}>{String(value).replace(/^(\d\d:\d\d):00$/, '$1')}</span>;
    case 'uri':
      return <a href={String(value)} target="_blank" rel="noreferrer noopener" onClick={(event) => event.stopPropagation()}>{String(value).replace(/^https?:\/\//, '')}</a>;
    case 'catalog':
      return <span>{referenceName(value)}</span>;
    case 'file':
      return isJsonObject(value) && typeof value['id'] === 'string'
        ? <a href={`/api/v1/files/${value['id']}/content`} download onClick={(event) => event.stopPropagation()}>{typeof value['name'] === 'string' ? value['name'] : value['id']}</a>
        : text(value);
    case 'array':
      return Array.isArray(value) ? <span>{listText(field, value, t('cell.items', { count: value.length }))}</span> : text(value);
    case 'string':
      return text(value);
  }
}

const text = (value: Json) => <span>{typeof value === 'string' ? value : JSON.stringify(value)}</span>;

/** 2,021 is no year: whole numbers from 1000 to 2999 in a field whose bounds or name say so stay together. */
function isYear(field: ComponentField, value: number): boolean {
  return field.type === 'integer' && value >= 1000 && value < 3000 && /year|année|annee/i.test(`${field.name} ${field.title}`);
}

export function referenceName(value: Json): string {
  if (!isJsonObject(value)) return JSON.stringify(value);
  const { name, id } = value;
  return typeof name === 'string' && name !== '' ? name : `#${String(id)}`;
}

function listText(field: ComponentField, value: Json[], count: string): string {
  const type = field.items?.type ?? 'string';
  if (type === 'object' || value.length === 0) return count;
  return value.map((each) => (type === 'catalog' ? referenceName(each) : String(each))).join(', ');
}
