'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { SourcePort } from '#flow/flow';
import type { FieldType } from '#flow/model-schema';
import { Icon } from '../../../../_ui/icon';
import { fieldAt } from './constant-param';
import { matching, pathsOf, type PathOption } from './model-paths';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { useSample } from './use-sample';

type Props = {
  at: string; id: string; port: SourcePort | undefined; value: string; onChange: (path: string | undefined) => void; expects?: FieldType[] | undefined;
  describedBy?: string | undefined; bad?: boolean | undefined; label?: string | undefined;
};

export const typeIcons: { [T in FieldType]: string } = {
  string: 'type', number: 'hash', integer: 'hash', boolean: 'toggle-left', date: 'calendar', 'date-time': 'calendar', time: 'clock', uri: 'link', uuid: 'fingerprint',
  catalog: 'arrow-up-right', file: 'file', array: 'list', object: 'braces', unknown: 'circle-help',
};

/** A field path, completed from the model of the source step, with the value it had in the last run. */
export function PathPicker({ at, id, port, value, onChange, expects, describedBy, bad, label }: Props) {
  const { schemaOf, sourceOf, editable, onEditing } = usePanel();
  const t = useTranslations('panel');
  const listId = useId();
  const [query, setQuery] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const schema = schemaOf(port);
  const source = sourceOf(port);
  const options = pathsOf(schema);
  const open = query !== null && editable;
  const shown = open ? rankByType(matching(options, query === value ? '' : query), expects) : [];
  const sample = useSample(open ? (source?.id ?? null) : null);
  const type = fieldAt(schema, value)?.type;
  useEffect(() => {
    if (open) list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [open, active]);

  const choose = (option: PathOption | undefined) => {
    if (!option) return;
    onChange(option.path);
    setQuery(null);
  };
  const close = (commit: boolean) => {
    if (commit && query !== null && query !== value) onChange(query.trim() === '' ? undefined : query.trim());
    setQuery(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (query === null) return setQuery(value);
      setActive((now) => (shown.length === 0 ? 0 : (now + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length));
    } else if (event.key === 'Enter' && open) {
      event.preventDefault();
      if (shown.length > 0) choose(shown[active]);
      else close(true);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setQuery(null);
    }
  };
  return (
    <span className={styles.picker}>
      <input
        id={id} className={styles.input} data-mono role="combobox" aria-label={label} aria-expanded={open} aria-controls={listId} aria-autocomplete="list" aria-activedescendant={open && shown.length > 0 ? `${listId}-${active}` : undefined}
        aria-describedby={describedBy} aria-invalid={bad} autoComplete="off" spellCheck={false} readOnly={!editable} placeholder={t('pathHint')}
        value={query ?? value} onFocus={() => { setQuery(value); setActive(Math.max(0, options.findIndex((each) => each.path === value))); onEditing(at); }}
        onClick={() => { if (query === null) setQuery(value); }} onBlur={() => { close(true); onEditing(null); }} onChange={(event) => { setQuery(event.target.value); setActive(0); }} onKeyDown={onKeyDown}
      />
      {type && !open && <em className={styles.typeTag}>{type}</em>}
      <Icon name="chevron-down" size={14} />
      {open && (
        <div className={styles.pop} onPointerDown={(event) => event.preventDefault()}>
          <p className={styles.popHead}><span>{source ? t('fieldsOf', { name: source.name, count: options.length }) : t('modelFields', { count: options.length })}</span>{sample && <span>{t('lastRunItem')}</span>}</p>
          <ul id={listId} role="listbox" aria-label={t('fields')} ref={list}>
            {shown.slice(0, 100).map((option, place) => (
              <li key={option.path} id={`${listId}-${place}`} role="option" aria-selected={place === active} className={styles.option} onPointerMove={() => setActive(place)} onClick={() => choose(option)}>
                <Icon name={typeIcons[option.type]} size={13} /><Marked text={option.path} part={query === value ? '' : (query ?? '')} />
                <small>{option.type}</small>{sample && <small className={styles.sampleValue}>{sample(option.path)}</small>}
              </li>
            ))}
          </ul>
          {shown.length === 0 && <p className={styles.popEmpty}>{options.length === 0 ? t(source || port === undefined ? 'noModel' : 'noSource') : t('noMatch')}</p>}
          <p className={styles.popFoot}><kbd>↑</kbd><kbd>↓</kbd> {t('toChoose')} <kbd>Enter</kbd> {t('toSet')}<span>{t('matches', { count: shown.length, of: options.length })}</span></p>
        </div>
      )}
    </span>
  );
}

function rankByType(options: PathOption[], expects: FieldType[] | undefined): PathOption[] {
  if (!expects) return options;
  const fits = (option: PathOption) => expects.includes(option.type) || option.type === 'unknown';
  return [...options.filter(fits), ...options.filter((option) => !fits(option))];
}

function Marked({ text, part }: { text: string; part: string }) {
  const at = part === '' ? -1 : text.toLowerCase().indexOf(part.toLowerCase());
  if (at < 0) return <code>{text}</code>;
  return <code>{text.slice(0, at)}<mark>{text.slice(at, at + part.length)}</mark>{text.slice(at + part.length)}</code>;
}
