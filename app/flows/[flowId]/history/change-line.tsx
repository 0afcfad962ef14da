'use client';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { isJsonObject, type Json } from '#flow/json';
import { stepType } from '#flow/steps/index';
import { stepKey, type FlowKind } from '#flow/flow';
import type { Locale } from '#flow/text';
import { changeLabel, changeValue, isPlace } from '../../../_canvas/change-words';
import styles from './history.module.css';
import type { Line } from './moments';

/** What the lines of the list call things: names of steps and stages wherever they were last seen. */
export type Names = { kind: FlowKind; locale: Locale; steps: ReadonlyMap<string, { name: string; type: string }>; stages: ReadonlyMap<string, string> };
export type Mood = 'added' | 'removed' | 'changed';

export function moodOf({ key, op, stepId }: Pick<Line, 'key' | 'op' | 'stepId'>): Mood {
  const whole = key === 'step' || (stepId === null && /^(?:stage|note)\.[^.]+$/.test(key));
  return whole && op === 'add' ? 'added' : whole && op === 'remove' ? 'removed' : 'changed';
}

/** The name of what changed, and what happened to it. */
export function LineWords({ line, names }: { line: Line; names: Names }) {
  const t = useTranslations('history');
  const { key, op, stepId, old, new: now } = line;
  const mood = moodOf(line);
  const strong = (text: string) => <b>{text}</b>;
  if (stepId !== null) {
    const known = names.steps.get(stepId) ?? named(now) ?? named(old);
    const name = strong(known?.name ?? stepId);
    if (key === 'step') return <>{name} {t(mood === 'added' ? 'did.stepAdded' : 'did.stepRemoved')}</>;
    if (isPlace(key)) return <>{name} {key === 'place' ? t('did.stepMoved') : t('did.rowMoved', { label: labelOf(key, known?.type, names) })}</>;
    if (key === 'name') return <>{name} {t('did.renamed', { old: textOf(old) })}</>;
    if (key === 'disabled') return <>{name} {t(now === true ? 'did.disabled' : 'did.enabled')}</>;
    const label = labelOf(key, known?.type, names);
    if (op === 'add' || op === 'remove') return <>{name} {t(op === 'add' ? 'did.rowAdded' : 'did.rowRemoved', { label })}</>;
    return <>{name} {label.toLowerCase()} <Values old={shown(key, old, names)} now={shown(key, now, names)} /></>;
  }
  const [, part = '', id = '', field = ''] = /^(stage|note)\.([^.]+)(?:\.(.+))?$/.exec(key) ?? [];
  if (part === 'stage') {
    const name = strong(names.stages.get(id) ?? (typeof now === 'string' ? now : typeof old === 'string' ? old : id));
    if (field === '') return <>{name} {t(mood === 'added' ? 'did.stageAdded' : 'did.stageRemoved')}</>;
    return <>{name} {field === 'name' ? t('did.stageRenamed', { old: textOf(old) }) : t('did.stageMoved')}</>;
  }
  if (part === 'note') return <>{strong(t('note'))} {t(field === '' ? (mood === 'added' ? 'did.noteAdded' : 'did.noteRemoved') : field === 'pos' || field === 'size' ? 'did.noteMoved' : 'did.noteChanged')}</>;
  if (key === 'name') return <>{strong(t('flow'))} {t('did.renamed', { old: textOf(old) })}</>;
  return <>{strong(t('flow'))} {labelOf(key, undefined, names).toLowerCase()} <Values old={changeValue(old, 40)} now={changeValue(now, 40)} /></>;
}

export function Values({ old, now }: { old: string; now: string }): ReactNode {
  return <>{old !== '' && <del className={styles.old}>{old}</del>} {now !== '' && <ins className={styles.new}>{now}</ins>}</>;
}

export function labelOf(key: string, type: string | undefined, names: Names): string {
  return changeLabel(type === undefined ? null : stepType(stepKey(names.kind, type)), key, names.locale);
}

/** Sources are told by the names of their steps. */
export function shown(key: string, value: Json, names: Names, longest = 40): string {
  if (['source', 'left', 'right'].includes(key) && typeof value === 'string') return names.steps.get(value)?.name ?? value;
  return changeValue(value, longest);
}

function named(value: Json): { name: string; type: string } | null {
  return isJsonObject(value) && typeof value['name'] === 'string' && typeof value['type'] === 'string' ? { name: value['name'], type: value['type'] } : null;
}

const textOf = (value: Json) => (typeof value === 'string' ? value : '');
