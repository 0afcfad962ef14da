'use client';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { FlowEdit } from '#db/flow-history';
import type { ComponentModel } from '#flow/component-model';
import { diffDefinitions, type FlowDiff } from '#flow/diff';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import type { WorkspaceIndex } from '#flow/workspace-index';
import { FlowCanvas, type CanvasHandle } from '../../../_canvas/flow-canvas';
import { localeOf } from '../../../_run/duration';
import { AvatarStack } from '../../../_ui/avatar';
import { Button, ButtonLink } from '../../../_ui/button';
import { Icon } from '../../../_ui/icon';
import { IconButton } from '../../../_ui/icon-button';
import { Mark as Logo } from '../../../_ui/mark';
import { Segmented } from '../../../_ui/segmented';
import { Skeleton } from '../../../_ui/skeleton';
import { toast } from '../../../_ui/toast';
import type { Names } from './change-line';
import { Checkpoints } from './checkpoints-popover';
import { EditList } from './edit-list';
import styles from './history.module.css';
import { MomentMenus } from './moment-menus';
import { useMomentWords } from './moment-words';
import { authorsOf, peopleOf, type Mark } from './moments';
import { RestoreDialog, type RestoreWish } from './restore-dialog';
import { StepDiff } from './step-diff';
import { Timeline } from './timeline';
import { useChangesBetween, useLog, useMomentOf } from './use-history';
import { useTravel } from './use-travel';

type Props = {
  flow: { id: string; name: string }; component: ComponentModel; index: WorkspaceIndex; first: { seq: number; definition: FlowDefinition };
  page: { items: FlowEdit[]; nextCursor: string | null }; firstMarks: readonly Mark[]; me: string | null; mayEdit: boolean;
};

/** A flow as it was at any moment: canvas, timeline and list of edits show the same two moments. */
export function FlowHistory({ flow, component, index, first, page, firstMarks, me, mayEdit }: Props) {
  const t = useTranslations('history');
  const locale = localeOf(useLocale());
  const words = useMomentWords();
  const canvas = useRef<CanvasHandle>(null);
  const log = useLog(flow.id, page, firstMarks);
  const { edits, marks } = log;
  const head = Math.max(edits.at(-1)?.seq ?? 0, first.seq);
  const travel = useTravel(edits, marks, head);
  const { at, from, stepId } = travel;
  const [order, setOrder] = useState<'person' | 'time'>('person');
  const [author, setAuthor] = useState<string | null>(null);
  const [wish, setWish] = useState<RestoreWish | null>(null);
  const after = useMomentOf(flow.id, at, first);
  const before = useMomentOf(flow.id, from ?? at, first);
  const now = useMomentOf(flow.id, head, first);
  const definition = after.shown?.definition ?? null;
  const diff = useMemo((): FlowDiff | null => {
    if (from === null || from === at || !definition || after.shown?.seq !== at) return null;
    if (from === 0) return diffDefinitions(null, definition);
    return before.shown?.seq === from ? diffDefinitions(before.shown.definition, definition) : null;
  }, [from, at, definition, after.shown?.seq, before.shown]);
  const authors = useMemo(() => authorsOf(edits, from ?? at, at), [edits, from, at]);
  const range = { from: from === null ? 0 : Math.min(from, at), to: from === null ? at : Math.max(from, at), author, stepId };
  const told = useChangesBetween(flow.id, range, head);
  const names = useMemo((): Names => namesIn(locale, [now.shown?.definition, before.shown?.definition, definition, first.definition]), [locale, now.shown, before.shown, definition, first]);
  const seen = useMemo(() => peopleOf(edits.filter((edit) => edit.seq > range.from && edit.firstSeq <= range.to)).filter((each) => each.id !== ''), [edits, range.from, range.to]);
  useEffect(() => { if (stepId !== null) canvas.current?.reveal(stepId); }, [stepId]);

  const momentName = words.momentName(at, edits, marks);
  const fromName = from === null ? null : words.momentName(from, edits, marks);
  const failure = after.failure ?? (from === null || from === 0 ? null : before.failure);
  const chosen = stepId === null ? null : (diff?.steps.find((each) => each.stepId === stepId) ?? null);
  const restorable = mayEdit && at < head;
  // Of two moments the earlier one is what a step can go back to.
  const stepMoment = from === null || from === 0 ? at : Math.min(from, at);
  const copyLink = (): void => void navigator.clipboard.writeText(window.location.href).then(() => toast.success(t('linkCopied')));
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Link href="/" className={styles.home} aria-label={t('home')}><Logo size={22} /></Link>
        <nav className={styles.crumbs} aria-label={t('path')}>
          <Link href={`/components/${component.id}`}>{component.title}</Link><Icon name="chevron-right" size={12} /><Link href={`/flows/${flow.id}`}>{definition?.name ?? flow.name}</Link><Icon name="chevron-right" size={12} />
        </nav>
        <h1>{t('title')}</h1>
        <span className={styles.vr} />
        <MomentMenus edits={edits} marks={marks} travel={travel} head={head} />
        <span className={styles.right}>
          <span className={styles.buttons}>
            <IconButton label={t('previous')} icon="skip-back" disabled={travel.place <= 0} onClick={() => travel.goTo(travel.place - 1)} />
            <IconButton label={t(travel.playing ? 'pause' : 'play')} icon={travel.playing ? 'pause' : 'play'} disabled={edits.length < 2} onClick={() => travel.play(!travel.playing)} />
            <IconButton label={t('next')} icon="skip-forward" disabled={travel.place >= edits.length - 1} onClick={() => travel.goTo(travel.place + 1)} />
          </span>
          {seen.length > 0 && <><span className={styles.vr} /><AvatarStack users={seen} /></>}
          <span className={styles.vr} />
          <ButtonLink href={`/flows/${flow.id}`}>{t('back')}</ButtonLink>
        </span>
      </header>
      <main className={styles.main}>
        <section className={styles.canvas} aria-label={t('canvas', { name: momentName })}>
          <Legend diff={diff} momentName={momentName} />
          <div className={styles.flow}>
            {definition
              ? <FlowCanvas definition={definition} component={component} index={index} diff={diff} before={from === null || from === 0 ? null : (before.shown?.definition ?? null)} authors={authors} readOnly selectedIds={stepId === null ? [] : [stepId]} onSelect={(ids) => travel.select(ids.at(-1) ?? null)} handle={canvas} />
              : <Skeleton lines={5} label={t('loading', { name: momentName })} />}
          </div>
          {failure && <p className={styles.failure} role="alert"><Icon name="triangle-alert" size={14} />{failure.message}</p>}
          <Timeline edits={edits} marks={marks} travel={travel} me={me} author={author} onAuthor={setAuthor} onOlder={log.olderCursor === null ? null : () => void log.loadOlder()} />
        </section>
        <aside className={styles.panel} aria-label={t('editsLabel')}>
          <header className={styles.panelHead}>
            <h2>{fromName === null || from === null ? t('editsUntil', { name: momentName }) : from > at ? t('editsBetween', { from: momentName, to: fromName }) : t('editsSince', { name: fromName })}</h2>
            <Segmented label={t('order')} value={order} onChange={setOrder} options={[{ value: 'person', label: t('byPerson') }, { value: 'time', label: t('byTime') }]} />
          </header>
          {(author !== null || stepId !== null) && (
            <p className={styles.filters}>
              {author !== null && <button type="button" onClick={() => setAuthor(null)}>{peopleOf(edits).find((each) => each.id === author)?.name || t('program')}<Icon name="x" size={12} /><span className="sr-only">{t('removeFilter')}</span></button>}
              {stepId !== null && <button type="button" onClick={() => travel.select(null)}>{names.steps.get(stepId)?.name ?? stepId}<Icon name="x" size={12} /><span className="sr-only">{t('removeFilter')}</span></button>}
            </p>
          )}
          {stepId !== null && <StepDiff stepId={stepId} diff={chosen} by={authors.get(stepId) ?? null} names={names} onClose={() => travel.select(null)} onRestore={mayEdit && stepMoment < head && (chosen !== null || at < head) ? () => setWish({ seq: stepMoment, name: words.momentName(stepMoment, edits, marks), step: { id: stepId, name: names.steps.get(stepId)?.name ?? stepId } }) : null} />}
          <EditList told={told} names={names} order={order} me={me} onGo={travel.go} onStep={(id) => canvas.current?.reveal(id)} />
          <footer className={styles.acts}>
            {mayEdit && <Button icon="history" disabled={!restorable} onClick={() => setWish({ seq: at, name: momentName, step: null })}>{t('restoreMoment')}</Button>}
            <span className={styles.grow} />
            <IconButton label={t('copyLink')} icon="link" onClick={copyLink} />
            {mayEdit && <Checkpoints flowId={flow.id} at={at} marks={marks} onGo={travel.go} onChanged={log.reload} />}
          </footer>
        </aside>
      </main>
      {wish && now.shown?.seq === head && <Restoring wish={wish} flowId={flow.id} head={head} now={now.shown.definition} first={first} edits={edits} me={me} onClose={() => setWish(null)} onDone={() => { travel.go(null); void log.reload(); }} />}
    </div>
  );
}

function Restoring({ first, wish, ...rest }: Omit<Parameters<typeof RestoreDialog>[0], 'then'> & { first: { seq: number; definition: FlowDefinition } }) {
  const { shown } = useMomentOf(rest.flowId, wish.seq, first);
  return shown?.seq === wish.seq ? <RestoreDialog {...rest} wish={wish} then={shown.definition} /> : null;
}

const kinds = ['added', 'changed', 'moved', 'removed'] as const;
const signs = { added: '+', changed: '~', moved: '~', removed: '−' } as const;

function Legend({ diff, momentName }: { diff: FlowDiff | null; momentName: string }) {
  const t = useTranslations('history');
  const counts = kinds.map((kind) => ({ kind, count: diff ? [...diff.steps, ...diff.stages, ...diff.notes].filter((each) => each.kind === kind).length : 0 })).filter((each) => each.count > 0);
  return (
    <p className={styles.legend} role="status">
      {counts.map(({ kind, count }) => <span key={kind}><i data-kind={kind} aria-hidden>{signs[kind]}</i>{t.rich(`count.${kind}`, { count, b: (chunks) => <b>{chunks}</b> })}</span>)}
      {diff ? <span>{t(counts.length > 0 ? 'quiet' : 'same')}</span> : <span><Icon name="lock" size={13} />{t('asItWas', { name: momentName })}</span>}
    </p>
  );
}

function namesIn(locale: Names['locale'], definitions: readonly (FlowDefinition | null | undefined)[]): Names {
  const known = definitions.filter((each) => each !== null && each !== undefined);
  return {
    kind: known[0]?.kind ?? 'dataflow', locale,
    steps: new Map(known.flatMap((each) => stepsOf(each).map((step) => [step.id, { name: step.name, type: step.type }] as const))),
    stages: new Map(known.flatMap((each) => each.lanes.flatMap((lane) => lane.stages.map((stage) => [stage.id, stage.name] as const)))),
  };
}
