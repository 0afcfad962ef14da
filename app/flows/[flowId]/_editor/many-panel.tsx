'use client';
import { useTranslations } from 'next-intl';
import { Button } from '../../../_ui/button';
import { useEditor } from './editor-context';
import styles from './editor.module.css';

type Props = { ids: readonly string[]; onRemove: (ids: readonly string[]) => void; onSelect: (ids: string[]) => void };

/** What can be done with several steps at once. */
export function ManyPanel({ ids, onRemove, onSelect }: Props) {
  const { commands, editable } = useEditor();
  const t = useTranslations('editor');
  return (
    <aside role="complementary" aria-label={t('manySelected', { count: ids.length })} className={styles.panel} data-region tabIndex={-1}>
      <div className={styles.many}>
        <b>{t('manySelected', { count: ids.length })}</b>
        {editable && <Button icon="copy" onClick={() => onSelect(commands.duplicate(ids))}>{t('action.duplicate')}</Button>}
        {editable && <Button icon="ban" onClick={() => commands.setDisabled(ids, true)}>{t('disable')}</Button>}
        {editable && <Button icon="check" onClick={() => commands.setDisabled(ids, false)}>{t('enable')}</Button>}
        {editable && <Button icon="trash-2" variant="danger" onClick={() => onRemove(ids)}>{t('action.remove')}</Button>}
        <Button variant="ghost" onClick={() => onSelect([])}>{t('deselect')}</Button>
      </div>
    </aside>
  );
}
