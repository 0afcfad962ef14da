'use client';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { stepKey } from '#flow/flow';
import { stepType } from '#flow/steps/index';
import { Dialog } from '../../../_ui/dialog';
import { StepTile } from '../../../_ui/step-tile';
import { useEditor } from './editor-context';
import styles from './editor.module.css';

type Props = { open: boolean; onClose: () => void; onFound: (stepId: string) => void };

/** Finds a step by its name, type or parameters, and goes there. */
export function FindDialog({ open, onClose, onFound }: Props) {
  const t = useTranslations('editor');
  return <Dialog open={open} onClose={onClose} title={t('find')}>{open && <Finder onFound={(id) => { onClose(); onFound(id); }} />}</Dialog>;
}

function Finder({ onFound }: { onFound: (stepId: string) => void }) {
  const { definition, locale } = useEditor();
  const t = useTranslations('editor');
  const listId = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const wanted = query.trim().toLowerCase();
  const found = definition.lanes.flatMap((lane) => lane.stages.flatMap((stage) => stage.steps.map((step) => ({ step, stage, type: stepType(stepKey(definition.kind, step.type)) }))))
    .filter(({ step, type }) => wanted === '' || `${step.name} ${type?.title[locale] ?? step.type} ${JSON.stringify(step.params ?? {})}`.toLowerCase().includes(wanted)).slice(0, 50);
  return (
    <div className={styles.form}>
      <input
        role="combobox" aria-expanded aria-controls={listId} aria-activedescendant={found[active] ? `${listId}-${active}` : undefined} aria-label={t('find')} placeholder={t('findHint')} autoFocus value={query}
        onChange={(event) => { setQuery(event.target.value); setActive(0); }}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
          if (by !== 0 && found.length > 0) { event.preventDefault(); setActive((now) => (now + by + found.length) % found.length); }
          const chosen = found[active];
          if (event.key === 'Enter' && chosen) { event.preventDefault(); onFound(chosen.step.id); }
        }}
      />
      <ul id={listId} role="listbox" aria-label={t('find')} className={styles.found}>
        {found.map(({ step, stage, type }, place) => (
          <li key={step.id} id={`${listId}-${place}`} role="option" aria-selected={place === active} onPointerMove={() => setActive(place)} onClick={() => onFound(step.id)}>
            {type && <StepTile group={type.group} icon={type.icon} size={24} />}<b>{step.name}</b><small>{stage.name}</small>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p>{t('notFound', { query })}</p>}
    </div>
  );
}
