'use client';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { useEditor } from '../editor-context';
import { FieldPeople } from './field-people';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { useDraft } from './use-draft';

export function StepNote() {
  const { commands } = useEditor();
  const { step, editable, onEditing } = usePanel();
  const t = useTranslations('panel');
  const id = useId();
  const draft = useDraft(step.note ?? '', (text) => commands.setNote(step.id, text), (active) => onEditing(active ? 'note' : null));
  return (
    <div className={styles.field}>
      <span className={styles.labelRow}><label className={styles.label} htmlFor={id}>{t('note')}</label><FieldPeople param="note" /></span>
      <textarea id={id} className={styles.area} rows={2} readOnly={!editable} placeholder={editable ? t('noteHint') : ''} value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />
    </div>
  );
}
