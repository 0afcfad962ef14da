'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { catalogue, groupOrder, groupTitle, type CatalogueEntry } from '#flow/catalogue';
import { stepsOf } from '#flow/flow';
import type { Group } from '#flow/steps/define-step';
import { stepDragType } from '../../../_canvas/use-canvas-drag';
import { Icon } from '../../../_ui/icon';
import { IconButton } from '../../../_ui/icon-button';
import { StepTile } from '../../../_ui/step-tile';
import { useEditor } from './editor-context';
import styles from './editor.module.css';

type Props = { group: Group | null; stageName: string | null; onAdd: (typeId: string) => void; onClose: () => void };

/** The steps of the catalogue by group: choose with the arrows and Enter, click, or drag one onto a stage. */
export function Palette({ group, stageName, onAdd, onClose }: Props) {
  const { definition, locale } = useEditor();
  const t = useTranslations('palette');
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const [query, setQuery] = useState('');
  const [used, setUsed] = useState(false);
  const [active, setActive] = useState(0);
  const types = useMemo(() => new Set(stepsOf(definition).map((step) => step.type)), [definition]);
  const wanted = query.trim().toLowerCase();
  const groups = groupOrder.map((each) => ({
    group: each,
    entries: catalogue.filter((entry) => entry.kind === definition.kind && entry.group === each && (!used || types.has(entry.id)) && fits(entry, wanted, locale)),
  })).filter((each) => each.entries.length > 0);
  const flat = groups.flatMap((each) => each.entries);
  useEffect(() => {
    if (!group) return;
    const place = catalogue.filter((entry) => entry.kind === definition.kind).findIndex((entry) => entry.group === group);
    setQuery('');
    setUsed(false);
    setActive(Math.max(0, place));
    list.current?.querySelector(`[data-group-head="${group}"]`)?.scrollIntoView({ block: 'start' });
  }, [group, definition.kind]);
  useEffect(() => { list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }); }, [active]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setActive((now) => (flat.length === 0 ? 0 : (now + (event.key === 'ArrowDown' ? 1 : flat.length - 1)) % flat.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const entry = flat[active];
      if (entry) onAdd(entry.id);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    }
  };
  return (
    <aside className={styles.palette} aria-label={t('palette')}>
      <div className={styles.search}>
        <Icon name="search" size={14} />
        <input
          autoFocus role="combobox" aria-expanded aria-controls={listId} aria-activedescendant={flat[active] ? `${listId}-${flat[active].id}` : undefined} aria-label={t('find')} placeholder={t('find')}
          value={query} onChange={(event) => { setQuery(event.target.value); setActive(0); }} onKeyDown={onKeyDown}
        />
        <IconButton label={t('close')} icon="x" size="sm" onClick={onClose} />
      </div>
      <div className={styles.segments} role="radiogroup" aria-label={t('show')}>
        {[false, true].map((each) => <button key={String(each)} type="button" role="radio" aria-checked={used === each} onClick={() => { setUsed(each); setActive(0); }}>{t(each ? 'usedHere' : 'steps')}</button>)}
      </div>
      <div id={listId} role="listbox" aria-label={t('steps')} className={styles.paletteList} ref={list}>
        {groups.map(({ group: each, entries }) => (
          <div key={each} role="group" aria-label={groupTitle(each)[locale]}>
            <p className={styles.groupHead} data-group={each} data-group-head={each}><i /><b>{groupTitle(each)[locale]}</b><span>{entries.length}</span></p>
            {entries.map((entry) => (
              <div
                key={entry.id} id={`${listId}-${entry.id}`} role="option" aria-selected={flat[active]?.id === entry.id} className={styles.paletteItem} draggable title={entry.help[locale]}
                onPointerMove={() => setActive(flat.indexOf(entry))} onClick={() => onAdd(entry.id)} onDragStart={(event) => { event.dataTransfer.setData(stepDragType, entry.id); event.dataTransfer.effectAllowed = 'copy'; }}
              >
                <StepTile group={entry.group} icon={entry.icon} size={28} />
                <span><b>{entry.title[locale]}</b><small>{entry.summary[locale]}</small></span>
              </div>
            ))}
          </div>
        ))}
        {flat.length === 0 && <p className={styles.paletteEmpty}>{t('none', { query })}</p>}
      </div>
      <p className={styles.paletteFoot}><kbd>↑</kbd><kbd>↓</kbd><kbd>Enter</kbd> {stageName ? t('addTo', { name: stageName }) : t('addBelow')}<span>{t('orDrag')}</span></p>
    </aside>
  );
}

function fits(entry: CatalogueEntry, wanted: string, locale: 'en' | 'fr'): boolean {
  return wanted === '' || [entry.title[locale], entry.summary[locale], entry.title.en, entry.id].some((each) => each.toLowerCase().includes(wanted));
}
