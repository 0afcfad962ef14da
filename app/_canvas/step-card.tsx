'use client';
import { Handle, Position, useStore, type NodeProps, type ReactFlowState } from '@xyflow/react';
import { useLocale, useTranslations } from 'next-intl';
import { memo, type CSSProperties, type ReactNode } from 'react';
import type { ComponentModel } from '#flow/component-model';
import type { Locale } from '#flow/text';
import type { WorkspaceIndex } from '#flow/workspace-index';
import { formatCount, formatDuration, localeOf } from '../_run/duration';
import { useNow } from '../_run/use-now';
import { Icon } from '../_ui/icon';
import { StatusMark } from '../_ui/status-mark';
import styles from './canvas.module.css';
import { DiffMark } from './diff-mark';
import { useCanvas, useRunOfStep, useTabIndex } from './canvas-context';
import type { StepData, StepNode } from './canvas-nodes';
import { changeLabel, changeValue, isPlace } from './change-words';
import { levelOf, shapeOf, type CardShape, type RunOfStep } from './card-view';
import { measures } from './layout';

/** A step: 204 × 72. Tile and name say what it is, outline and foot say how it stands. */
export const StepCard = memo(function StepCard({ data, selected, dragging }: NodeProps<StepNode>) {
  const { step, type, problems, diff, people, quiet } = data;
  const { tabStop } = useCanvas();
  const run = useRunOfStep(step);
  const tabIndex = useTabIndex(step.id);
  const far = useStore(isFar);
  const t = useTranslations('canvas');
  const locale = localeOf(useLocale());
  const shape = shapeOf(step.disabled === true, run);
  const level = problems.some((problem) => problem.level === 'error') ? 'error' : 'warning';
  const person = people[0];
  const mini = (
    <span className={styles.mini} aria-hidden>
      {shape !== 'idle' && <StatusMark status={shape} size={12} />}
      {problems.length > 0 && <i className={styles.dot} data-level={level} />}
    </span>
  );
  return (
    <div
      role="group" aria-label={t('card', { name: step.name, type: type?.title[locale] ?? step.type })} data-stop={step.id} data-step={step.id} tabIndex={tabIndex}
      className={`${styles.card} ${styles.group}`} data-group={type?.group} data-state={shape} data-selected={selected || undefined} data-lift={dragging || undefined}
      data-quiet={quiet || undefined} data-diff={diff?.kind} data-problem={problems.length > 0 && !run ? level : undefined} data-person={person ? '' : undefined}
      style={person ? personColour(person.colour) : undefined} onFocus={() => tabStop.set(step.id)}
    >
      {far ? mini : <CardBody data={data} run={run} shape={shape} level={level} mini={mini} />}
    </div>
  );
});

/** From here on the style sheet shows nothing but colour and mark, so nothing else is made. */
const isFar = ({ transform }: ReactFlowState) => levelOf(transform[2]) === 'small';

function CardBody({ data, run, shape, level, mini }: { data: StepData; run: RunOfStep | null; shape: CardShape; level: string; mini: ReactNode }) {
  const { step, type, problems, diff, by, comments, draft, people } = data;
  const { component, index, onEye, kind } = useCanvas();
  const t = useTranslations('canvas');
  const locale = localeOf(useLocale());
  const typeName = type?.title[locale] ?? step.type;
  const person = people[0];
  return (
    <>
      <div className={styles.head}>
        <span className={styles.tile} aria-hidden><Icon name={type?.icon ?? 'circle-help'} size={16} /></span>
        <span className={styles.names}><b title={step.name}>{step.name}</b><small>{typeName}</small></span>
        {comments > 0 && <span className={styles.comments} title={t('comments', { count: comments })}><Icon name="message-square" size={12} />{comments}<span className="sr-only">{t('comments', { count: comments })}</span></span>}
        {problems.length > 0 && (
          <span className={styles.badge} data-level={level} title={problems[0]?.text[locale]}>
            <Icon name="triangle-alert" size={12} />{problems.length}<span className="sr-only">{t('problems', { count: problems.length })}</span>
          </span>
        )}
        {onEye && (
          <button type="button" className={`${styles.eye} nodrag`} tabIndex={-1} aria-label={t('eye', { name: step.name })} onClick={(event) => { event.stopPropagation(); onEye(step.id); }}>
            <Icon name="eye" size={14} />
          </button>
        )}
        {mini}
      </div>
      {diff ? <DiffFoot diff={diff} by={by} type={type} locale={locale} /> : shape === 'idle' ? <IdleFoot data={data} component={component} index={index} locale={locale} /> : <RunFoot shape={shape} run={run} locale={locale} />}
      {draft && !diff && !run && <span className={styles.draft} title={t('draft')}><span className="sr-only">{t('draft')}</span></span>}
      {diff && <DiffMark kind={diff.kind} />}
      {shape === 'running' && run?.state.progress?.total ? <span className={styles.bar}><i style={{ width: `${Math.min(100, (run.state.progress.done / run.state.progress.total) * 100)}%` }} /></span> : null}
      {person && <span className={styles.tag}>{person.param ? t('editing', { name: person.name, field: type?.params[person.param]?.label[locale] ?? person.param }) : person.name}{people.length > 1 ? ` +${people.length - 1}` : ''}</span>}
      {kind === 'dataflow' && <Ports data={data} />}
    </>
  );
}

// A custom property is not in React's list of styles.
const personColour = (colour: string) => ({ '--p': colour }) as CSSProperties;

function Ports({ data }: { data: StepData }) {
  const { edit } = useCanvas();
  const editable = edit !== null;
  const third = measures.cardHeight / 3;
  return (
    <>
      {data.hasInput && !data.join && <Handle type="target" id="source" position={Position.Left} isConnectable={editable} className={styles.port ?? ''} />}
      {data.join && <Handle type="target" id="left" position={Position.Left} isConnectable={editable} className={styles.port ?? ''} style={{ top: third }} />}
      {data.join && <Handle type="target" id="right" position={Position.Left} isConnectable={editable} className={styles.port ?? ''} style={{ top: third * 2 }} />}
      <Handle type="source" id="out" position={Position.Right} isConnectable={editable} className={styles.port ?? ''} />
    </>
  );
}

/** What the step does, or what is wrong with it. */
function IdleFoot({ data, component, index, locale }: { data: StepData; component: ComponentModel; index: WorkspaceIndex; locale: Locale }) {
  const worst = data.problems.find((problem) => problem.level === 'error');
  return <div className={styles.foot}><span className={styles.summary}>{worst?.text[locale] ?? summaryOf(data, component, index, locale)}</span></div>;
}

function summaryOf({ step, type }: StepData, component: ComponentModel, index: WorkspaceIndex, locale: Locale): string {
  const prepared = type?.prepare(step.params ?? {});
  return prepared?.ok ? prepared.plan.foot({ component, index })[locale] : '';
}

function DiffFoot({ diff, by, type, locale }: { diff: NonNullable<StepData['diff']>; by: string | null; type: StepData['type']; locale: Locale }) {
  const t = useTranslations('canvas');
  const told = diff.changes.filter((each) => !isPlace(each.key));
  const change = told[0];
  const kind = diff.kind === 'changed' && !change ? 'moved' : diff.kind;
  if (kind !== 'changed' || !change) return <div className={styles.foot}><span className={styles.summary}>{by === null ? t(`diff.${kind}`) : t('diff.by', { what: t(`diff.${kind}`), name: by })}</span></div>;
  const [before, now] = [changeValue(change.old, 24), changeValue(change.new, 24)];
  return (
    <div className={styles.foot} title={by ?? undefined}>
      <span className={styles.summary}>
        {changeLabel(type, change.key, locale)} {before && <del>{before}</del>} {now && <ins>{now}</ins>}{told.length > 1 && ` +${told.length - 1}`}
      </span>
    </div>
  );
}

function RunFoot({ shape, run, locale }: { shape: CardShape; run: RunOfStep | null; locale: Locale }) {
  const t = useTranslations('canvas');
  const status = run?.state;
  const moving = shape === 'running' || shape === 'retrying' || shape === 'waiting';
  const now = useNow(moving);
  const count = (value: number | null | undefined) => (value === null || value === undefined ? '' : formatCount(value, locale));
  const took = status?.startedAt ? formatDuration((status.finishedAt ? Date.parse(status.finishedAt) : now) - Date.parse(status.startedAt), locale) : '';
  let label = '';
  let counts: [string, string?, string?] | null = null;
  switch (shape) {
    case 'idle': break;
    case 'disabled': label = t('state.disabled'); break;
    case 'queued': label = run?.waitsFor ? t('state.waitsFor', { name: run.waitsFor }) : t('state.queued'); break;
    case 'running':
      label = t('state.running', { took });
      if (status?.progress) counts = status.progress.total === null ? [count(status.progress.done)] : [count(status.progress.done), t('of'), count(status.progress.total)];
      break;
    case 'waiting':
      label = status?.reason?.[locale] ?? t('state.waiting');
      // A limit holds for one call: with several items it says nothing of the whole.
      counts = took === '' ? null : typeof status?.timeoutMs === 'number' && (status.itemsIn ?? 0) <= 1 ? [took, t('of'), formatDuration(status.timeoutMs, locale)] : [took];
      break;
    case 'retrying':
      label = status?.retry ? t('state.retrying', { attempt: Math.min(status.attempt + 1, status.retry.of), of: status.retry.of, wait: formatDuration(Date.parse(status.retry.at) - now, locale) }) : t('state.retry');
      counts = status?.itemsIn === null || status?.itemsIn === undefined ? null : [count(status.itemsIn)];
      break;
    case 'succeeded': label = took; counts = arrow(count(status?.itemsIn), count(status?.itemsOut)); break;
    case 'warning': label = t('state.warnings', { count: status?.warnings ?? 0 }); counts = arrow(count(status?.itemsIn), count(status?.itemsOut)); break;
    case 'failed':
      label = status?.error?.code ?? t('state.failed');
      counts = status?.error?.itemIndex === undefined ? null : [t('item', { number: status.error.itemIndex + 1 })];
      break;
    case 'skipped': label = status?.status === 'pending' ? t(run?.passed ? 'state.notTaken' : 'state.notReached') : (status?.reason?.[locale] ?? t('state.skipped')); counts = status?.itemsIn === null || status?.itemsIn === undefined ? null : [count(status.itemsIn)]; break;
    case 'cancelled': label = t('state.cancelled'); break;
  }
  return (
    <div className={styles.foot}>
      <StatusMark status={shape === 'idle' ? 'queued' : shape} size={13} />
      <span className={styles.label} title={shape === 'failed' ? status?.error?.text[locale] : label}>{label}</span>
      {counts && <span className={styles.counts}>{counts[0]}{counts[1] && <s>{counts[1]}</s>}{counts[2]}</span>}
    </div>
  );
}

const arrow = (from: string, to: string): [string, string?, string?] | null => (to === '' ? null : from === '' || from === '0' ? [to] : [from, '→', to]);
