'use client';
import { useTranslations } from 'next-intl';
import type { CSSProperties } from 'react';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import styles from './panel.module.css';

/** Who else has this field open, on the field itself: `data-edited` draws the ring of the field around it. */
export function FieldPeople({ param }: { param: string }) {
  const t = useTranslations('presence');
  const { people } = useEditor();
  const { step } = usePanel();
  const here = people.filter(({ editing }) => editing?.stepId === step.id && editing.param === param);
  const [first] = here;
  if (!first) return null;
  return (
    <span className={styles.here} role="img" style={{ '--p': first.user.colour } as CSSProperties /* a custom property */} aria-label={t('inThisField', { name: first.user.name, more: here.length - 1 })}>
      {first.user.name}{here.length > 1 ? ` +${here.length - 1}` : ''}
    </span>
  );
}
