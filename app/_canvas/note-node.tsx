'use client';
import { useReactFlow, type NodeProps } from '@xyflow/react';
import { useTranslations } from 'next-intl';
import type { Json } from '#flow/json';
import { memo, useEffect, useState, type PointerEvent } from 'react';
import { IconButton } from '../_ui/icon-button';
import styles from './canvas.module.css';
import { useCanvas } from './canvas-context';
import type { NoteNode } from './canvas-nodes';
import { DiffMark } from './diff-mark';

const smallest = { width: 120, height: 48 };

export const NoteCard = memo(function NoteCard({ data: { note, diff, quiet }, width, height }: NodeProps<NoteNode>) {
  const { edit, newNoteId } = useCanvas();
  const { getZoom } = useReactFlow();
  const t = useTranslations('canvas');
  const [writing, setWriting] = useState(false);
  const isNew = newNoteId === note.id;
  useEffect(() => { if (isNew) setWriting(true); }, [isNew]);
  const [size, setSize] = useState<{ width: number; height: number } | null>(null);
  const grip = (down: PointerEvent<HTMLElement>) => {
    down.stopPropagation();
    down.currentTarget.setPointerCapture(down.pointerId);
    const from = { x: down.clientX, y: down.clientY, width: width ?? smallest.width, height: height ?? smallest.height, zoom: getZoom() };
    const target = down.currentTarget;
    const sized = (event: globalThis.PointerEvent) => ({
      width: Math.max(smallest.width, from.width + (event.clientX - from.x) / from.zoom), height: Math.max(smallest.height, from.height + (event.clientY - from.y) / from.zoom),
    });
    const move = (event: globalThis.PointerEvent) => setSize(sized(event));
    const up = (event: globalThis.PointerEvent) => {
      target.removeEventListener('pointermove', move);
      setSize(null);
      edit?.resizeNote(note.id, sized(event));
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', up, { once: true });
  };
  return (
    <div
      role="note" aria-label={t('note')} data-note={note.id} tabIndex={edit && !writing ? 0 : -1} className={styles.note} data-diff={diff?.kind} data-quiet={quiet || undefined} style={size ?? undefined}
      onDoubleClick={() => edit && setWriting(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter' && !writing && edit) { event.preventDefault(); setWriting(true); }
        if ((event.key === 'Delete' || event.key === 'Backspace') && !writing) edit?.removeNote(note.id);
      }}
    >
      {writing && edit ? (
        <textarea
          aria-label={t('noteText')} className="nodrag nopan nowheel" value={note.text} ref={(area) => { if (area && document.activeElement !== area) area.focus(); }}
          onChange={(event) => edit.writeNote(note.id, event.target.value)} onBlur={() => setWriting(false)} onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        />
      ) : <NoteText text={note.text} was={diff?.changes.find((each) => each.key === 'text')?.old} />}
      {diff && <DiffMark kind={diff.kind} spoken />}
      {edit && <span className={`${styles.noteRemove} nodrag`}><IconButton label={t('removeNote')} icon="x" size="sm" tabIndex={-1} onClick={() => edit.removeNote(note.id)} /></span>}
      {edit && <span className={`${styles.noteGrip} nodrag nopan`} aria-hidden onPointerDown={grip} />}
    </div>
  );
});

/** The old words stand above the new ones. */
function NoteText({ text, was }: { text: string; was: Json | undefined }) {
  const t = useTranslations('canvas');
  if (typeof was === 'string' && was !== '') return <><del>{was}</del>{text && <ins>{text}</ins>}</>;
  return text || <p>{t('emptyNote')}</p>;
}
