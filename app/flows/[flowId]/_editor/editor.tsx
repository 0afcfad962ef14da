'use client';
import { useLocale, useTranslations } from 'next-intl';
import { useSearchParams } from 'next/navigation';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { Away } from '#db/flow-seen';
import type { Surroundings } from '#db/flow-surroundings';
import type { RunSummary } from '#db/run-row';
import { canonicalJson } from '#flow/canonical';
import { problemsOf } from '#flow/check';
import { diffDefinitions } from '#flow/diff';
import { stepsOf, type FlowDefinition } from '#flow/flow';
import type { Presence } from '#flow/presence';
import { schemasOf } from '#flow/propagate';
import type { Group } from '#flow/steps/define-step';
import { useStanding } from '../../../_canvas/people';
import type { CanvasEdit, CanvasHandle } from '../../../_canvas/flow-canvas';
import { saveFile } from '../../../_client/save-file';
import { fileNameOf } from '../../../_flow-file/read-definition';
import { usePlace } from '../../../_client/whereabouts';
import { localeOf } from '../../../_run/duration';
import { Button } from '../../../_ui/button';
import { Empty } from '../../../_ui/empty';
import { Icon } from '../../../_ui/icon';
import { toast } from '../../../_ui/toast';
import { openByStep } from '../../../_comments/threads';
import { CommentsContext, useComments } from '../../../_comments/use-comments';
import { AwayBanner } from './away-banner';
import { CommentsPanel } from './comments-panel';
import { branchCases } from './branch-cases';
import { createCommands, placeBelow } from './commands';
import { EditorContext, type EditorFacts } from './editor-context';
import styles from './editor.module.css';
import { ErrorList } from './error-list';
import { FindDialog } from './find-dialog';
import { LastRun } from './last-run';
import { LiveCanvas, LiveDrawer } from './live-run';
import { ManyPanel } from './many-panel';
import { Palette } from './palette';
import { StepPanel, type PanelTab } from './panel/step-panel';
import { PublishDialog } from './publish-dialog';
import { Rail } from './rail';
import { RunDialog } from './run-dialog';
import { RunStrip } from './run-strip';
import { EditorCommands } from './editor-commands';
import { ShortcutsDialog } from './shortcuts-dialog';
import { placeOf } from './people-bar';
import { TopBar } from './top-bar';
import { useAskedStep } from './use-asked-step';
import { useAttachedRun } from './use-attached-run';
import { useClipboard } from './use-clipboard';
import { editorOrigin, useFlowSession, useUndoState } from './use-flow-session';
import { useMood } from './use-mood';
import { usePeople } from './use-people';
import { useMarkedComment } from '../../../_comments/use-marked-comment';
import { useRestoreNotice } from './use-restore-notice';
import { useShortcuts } from './use-shortcuts';
import { useSigns } from './use-signs';
import { useSurroundings } from './use-surroundings';
import { TriggersDialog } from './triggers-dialog';
import { VersionsDialog } from './versions-dialog';

export type EditorProps = {
  flowId: string; user: { id: string; name: string }; first: FlowDefinition; surroundings: Surroundings; recent: RunSummary[];
  /** What others did since this person was here last. */
  away: Away | null;
};
type Open = 'triggers' | 'run' | 'publish' | 'versions' | 'find' | 'shortcuts' | null;

/** The editor of a flow: one client island around the shared document. */
export function Editor({ flowId, user, first, surroundings, recent, away }: EditorProps) {
  const t = useTranslations('editor');
  const locale = localeOf(useLocale());
  const { around: { component, index, published: read, rights }, reload } = useSurroundings(flowId, surroundings);
  const { session, doc, undo, status, definition } = useFlowSession(flowId, user, first);
  useEffect(() => { document.title = `${definition.name} · Millrace`; }, [definition.name]);
  const editable = rights.edit && status.canWrite && status.connection !== 'refused' && doc !== null;
  const people = usePeople(session?.awareness ?? null);
  const signs = useSigns(session?.awareness ?? null);
  const standing = useStanding(people);
  useMood(signs);
  const undoState = useUndoState(undo);
  useRestoreNotice(flowId, user.id, (stepId) => stepsOf(definition).find((each) => each.id === stepId)?.name, editable);
  const [selection, setSelection] = useState<string[]>([]);
  const [open, setOpen] = useState<Open>(null);
  const [palette, setPalette] = useState<{ group: Group | null; stageId: string | null } | null>(null);
  const [tab, setTab] = useState<PanelTab>('settings');
  const [newNoteId, setNewNoteId] = useState<string | null>(null);
  const [mine, setMine] = useState<Surroundings['published']>(null);
  const published = mine && mine.number > (read?.number ?? 0) ? mine : read;
  const [drawer, setDrawer] = useState(true);
  const [errorsOpen, setErrorsOpen] = useState(false);
  const [following, setFollowing] = useState<string | null>(null);
  const [focusRequest, setFocusRequest] = useState(0);
  const canvas = useRef<CanvasHandle>(null);
  const comments = useComments(flowId, user.id);
  const counts = useMemo(() => openByStep(comments.threads), [comments.threads]);
  const [commentsOpen, setCommentsOpen] = useState(false);
  const params = useSearchParams();
  const marked = params.get('comment');
  const run = useAttachedRun(flowId, recent);

  const present = useMemo(() => new Set(stepsOf(definition).map((step) => step.id)), [definition]);
  const selected = useMemo(() => selection.filter((id) => present.has(id)), [selection, present]);
  const now = useRef({ doc, definition, selection: selected, undo });
  now.current = { doc: editable ? doc : null, definition, selection: selected, undo };
  const commands = useMemo(() => createCommands({ casesOf: (typeId, params) => branchCases(typeId, params, { index, component }), now: () => now.current, origin: editorOrigin, userId: user.id, locale, stageName: (number) => t('stageName', { number }) }), [user.id, locale, t, index, component]);

  const only = selected.length === 1 ? stepsOf(definition).find((step) => step.id === selected[0])?.name : undefined;
  usePlace({ page: 'flow', objectId: flowId, title: (definition.name.trim() || flowId).slice(0, 200), ...(only ? { detail: only.slice(0, 200) } : {}) });
  const settled = useDeferredValue(definition);
  const context = useMemo(() => ({ index, componentId: component.id, flowId }), [index, component.id, flowId]);
  const problems = useMemo(() => problemsOf(settled, context), [settled, context]);
  const schemas = useMemo(() => schemasOf(settled, context), [settled, context]);
  const unpublished = useMemo(() => diffDefinitions(published?.definition ?? null, settled), [published, settled]);
  const changes = unpublished.steps.length + unpublished.stages.length + unpublished.notes.length + unpublished.settings.length;
  const drafts = useMemo(() => new Set(published ? unpublished.steps.map((each) => each.stepId) : []), [published, unpublished]);

  const select = (ids: string[]) => {
    setSelection(ids);
    signs.set('selection', ids.slice(0, 20));
  };
  const follow = (userId: string | null) => {
    setFollowing(userId);
    signs.set('following', userId);
  };
  const jump = (person: Presence) => {
    const place = placeOf(person);
    if (place === null) return;
    if ('stepId' in place) canvas.current?.reveal(place.stepId);
    else canvas.current?.centre(place);
  };
  const saveKept = () => {
    const kept = status.refused?.kept;
    if (kept) saveFile(fileNameOf(kept.name), canonicalJson(kept));
  };
  const show = (stepId: string, focus = false) => {
    select([stepId]);
    canvas.current?.reveal(stepId, { focus });
  };
  const add = (typeId: string) => {
    const stage = palette?.stageId ? definition.lanes.flatMap((lane) => lane.stages).find((each) => each.id === palette.stageId) : undefined;
    const place = stage ? { stageId: stage.id, index: stage.steps.length } : placeBelow(definition, selected);
    const made = commands.addType(typeId, place ?? undefined);
    if (made === null) return;
    setTab('settings');
    select([made]);
    requestAnimationFrame(() => canvas.current?.reveal(made));
  };
  const remove = (ids: readonly string[]) => {
    if (ids.length === 0 || !editable) return;
    const steps = stepsOf(definition).filter((step) => ids.includes(step.id));
    commands.remove(ids);
    select([]);
    canvas.current?.focusCanvas();
    toast.success(steps.length === 1 ? t('stepRemoved', { name: steps[0]?.name ?? '' }) : t('stepsRemoved', { count: steps.length }), { action: { label: t('undo'), onClick: commands.undo } });
  };
  const addNote = () => {
    if (editable) setNewNoteId(commands.addNote(canvas.current?.middle() ?? { x: 0, y: 0 }));
  };
  const backToCanvas = () => {
    const [only] = selected;
    if (only !== undefined) canvas.current?.reveal(only, { focus: true });
    else canvas.current?.focusCanvas();
  };
  const openStep = (stepId: string) => {
    select([stepId]);
    setTab('settings');
    setFocusRequest((count) => count + 1);
  };

  useAskedStep(params.get('step'), present, (stepId) => show(stepId));
  useMarkedComment(marked, comments, (anchor) => {
    if (anchor.stepId !== undefined && anchor.runId === undefined && present.has(anchor.stepId)) {
      setTab('comments');
      show(anchor.stepId);
    } else setCommentsOpen(true);
  });

  const edit = useMemo((): CanvasEdit => ({
    moveSteps: commands.moveSteps, connect: commands.connect,
    chooseStep: (stageId) => setPalette({ group: null, stageId }),
    addType: (typeId, place) => {
      const made = commands.addType(typeId, place);
      if (made !== null) { setSelection([made]); signs.set('selection', [made]); }
    },
    addStage: () => {
      const made = commands.addStage();
      if (made !== null) setPalette({ group: null, stageId: made });
    },
    renameStage: commands.renameStage, moveStage: commands.moveStage,
    removeStage: (stageId) => {
      const stage = now.current.definition.lanes.flatMap((lane) => lane.stages).find((each) => each.id === stageId);
      commands.removeStage(stageId);
      toast.success(t('stageRemoved', { name: stage?.name ?? '', count: stage?.steps.length ?? 0 }), { action: { label: t('undo'), onClick: commands.undo } });
    },
    moveNote: commands.moveNote, resizeNote: commands.resizeNote, writeNote: commands.writeNote, removeNote: commands.removeNote,
  }), [commands, signs, t]);
  const canvasSigns = useMemo(() => ({
    pointer: (at: { x: number; y: number } | null) => signs.set('cursor', at ? { x: Math.round(at.x), y: Math.round(at.y) } : null),
    view: (at: { x: number; y: number; zoom: number }) => signs.set('viewport', at),
    dragging: (drag: { stepIds: string[]; at: { x: number; y: number } } | null) => signs.set('drag', drag ? { stepIds: drag.stepIds.slice(0, 10), x: Math.round(drag.at.x), y: Math.round(drag.at.y) } : null),
  }), [signs]);

  useClipboard({ commands, selection: selected, editable, onPasted: select, onCut: remove });
  const acts = {
    addStep: () => editable && setPalette({ group: null, stageId: null }), addStage: () => editable && edit.addStage(), addNote,
    find: () => setOpen('find'), triggers: () => setOpen('triggers'), run: () => rights.run && setOpen('run'), publish: () => rights.publish && setOpen('publish'), undo: () => editable && commands.undo(), redo: () => editable && commands.redo(),
    duplicate: () => { if (editable && selected.length > 0) select(commands.duplicate(selected)); }, remove: () => remove(selected),
    disable: () => { if (editable && selected.length > 0) commands.setDisabled(selected, !selected.every((id) => stepsOf(definition).find((step) => step.id === id)?.disabled)); },
    selectAll: () => select([...present]), fit: () => canvas.current?.fit(), zoomIn: () => canvas.current?.zoomBy(1.25), zoomOut: () => canvas.current?.zoomBy(0.8), shortcuts: () => setOpen('shortcuts'),
    eye: () => { if (selected.length === 1) setTab(tab === 'model' ? 'settings' : 'model'); },
    escape: (inPanel: boolean) => {
      const [only] = selected;
      if (palette) { setPalette(null); backToCanvas(); }
      else if (inPanel && only) canvas.current?.reveal(only, { focus: true });
      else if (following) follow(null);
      else if (selected.length > 0) select([]);
    },
  };
  useShortcuts(acts);

  const facts = useMemo((): EditorFacts => ({
    flowId, locale, definition, component, index, problems, schemas, doc, awareness: session?.awareness ?? null, undo, commands, signs, editable, sampleRunId: run.sampleId, people: standing,
  }), [flowId, locale, definition, component, index, problems, schemas, doc, session, undo, commands, signs, editable, run.sampleId, standing]);
  const step = selected.length === 1 ? stepsOf(definition).find((each) => each.id === selected[0]) : undefined;
  const live = run.attached ? t(run.attached.version === null ? 'liveDraft' : 'liveVersion', { version: run.attached.version ?? 0 }) : null;
  const stageName = palette?.stageId ? (definition.lanes.flatMap((lane) => lane.stages).find((each) => each.id === palette.stageId)?.name ?? null) : null;

  return (
    <EditorContext value={facts}>
    <CommentsContext value={comments}>
      <div className={styles.editor} data-editor data-connection={status.connection}>
        <TopBar
          status={status} people={people} me={user} following={following} onFollow={follow} onJump={jump} undo={undoState} publishedVersion={published?.number ?? null} live={live} mayRun={rights.run && status.connection !== 'refused'} mayPublish={rights.publish && status.connection !== 'refused'}
          changes={changes} last={run.attached ? null : <LastRun run={run.runs[0] ?? null} onAttach={run.attach} />} onRun={() => setOpen('run')} onPublish={() => setOpen('publish')}
        />
        <Rail open={palette !== null} onPalette={(group) => setPalette(palette && !group ? null : { group: group ?? null, stageId: null })} onFind={() => setOpen('find')} onNote={addNote} onComments={() => { setPalette(null); setCommentsOpen(!commentsOpen); }} commentsOpen={commentsOpen} onTriggers={() => setOpen('triggers')} onVersions={() => setOpen('versions')} onShortcuts={() => setOpen('shortcuts')} />
        <main className={styles.work}>
          <RunStrip run={run} mayControl={rights.control} drawer={drawer} onDrawer={() => setDrawer(!drawer)} />
          <div className={styles.stageArea}>
            {palette && editable && <Palette group={palette.group} stageName={stageName} onAdd={add} onClose={() => { setPalette(null); backToCanvas(); }} />}
            {commentsOpen && !palette && <CommentsPanel marked={marked} onStep={(stepId) => { setTab('comments'); show(stepId); }} onClose={() => { setCommentsOpen(false); backToCanvas(); }} />}
            <div className={styles.canvasBox} data-region tabIndex={-1}>
              <LiveCanvas
                runId={run.attached?.id ?? null} definition={definition} component={component} index={index} problems={problems} comments={counts} drafts={drafts} selectedIds={selected} onSelect={select} onOpen={openStep}
                onEye={(stepId) => { select([stepId]); setTab('model'); }} readOnly={!editable} people={people} following={following} onMoved={() => { if (following) follow(null); }} signs={canvasSigns} newNoteId={newNoteId} handle={canvas} {...(editable ? { edit } : {})}
              />
              {status.connection === 'refused' && <div className={styles.banner} role="alert"><Icon name="triangle-alert" size={16} /><span>{t(refusalKey(status.refused?.code))}</span>{status.refused?.kept && <Button icon="download" onClick={saveKept}>{t('keepFile')}</Button>}<Button variant="primary" onClick={() => window.location.reload()}>{t('reload')}</Button></div>}
              <AwayBanner away={away} />
              {present.size === 0 && editable && <div className={styles.emptyHint}><Empty title={t('emptyFlow')} why={t('emptyFlowWhy')} /></div>}
            </div>
          </div>
          {run.attached && drawer && (
            <div className={styles.drawer} data-region tabIndex={-1}>
              <LiveDrawer runId={run.attached.id} definition={run.definition ?? definition} selectedStepId={selected.length === 1 ? (selected[0] ?? null) : null} onSelectStep={(stepId) => { if (present.has(stepId)) show(stepId); }} onClose={() => setDrawer(false)} canControl={rights.control} />
            </div>
          )}
          <ErrorList open={errorsOpen} onToggle={() => setErrorsOpen(!errorsOpen)} onGo={(problem) => { if (problem.stepId) { setTab('settings'); show(problem.stepId, true); } }} />
        </main>
        {step && <StepPanel step={step} tab={tab} onTab={setTab} onClose={() => { select([]); canvas.current?.reveal(step.id, { focus: true }); }} onRemove={remove} focusRequest={focusRequest} marked={marked} />}
        {selected.length > 1 && <ManyPanel ids={selected} onRemove={remove} onSelect={select} />}
      </div>
      <RunDialog open={open === 'run'} onClose={() => setOpen(null)} publishedVersion={published?.number ?? null} mayRunDraft={rights.edit} onStarted={run.attach} />
      <PublishDialog open={open === 'publish'} onClose={() => setOpen(null)} publishedVersion={published?.number ?? null} onPublished={(version) => { setMine({ number: version, definition }); toast.success(t('publish.done', { version })); reload(); }} />
      <TriggersDialog open={open === 'triggers'} onClose={() => setOpen(null)} published={published !== null} canPublish={rights.publish} me={user} mayLend={rights.lend} />
      <VersionsDialog open={open === 'versions'} onClose={() => setOpen(null)} mayPublish={rights.publish} onChanged={() => { setMine(null); reload(); }} />
      <FindDialog open={open === 'find'} onClose={() => setOpen(null)} onFound={(stepId) => show(stepId, true)} />
      <EditorCommands acts={acts} rights={rights} editable={editable} />
      <ShortcutsDialog open={open === 'shortcuts'} onClose={() => setOpen(null)} />
    </CommentsContext>
    </EditorContext>
  );
}

const refusals = { 4400: 'refusedBy.invalid', 4401: 'refusedBy.signedOut', 4403: 'refusedBy.noAccess', 4404: 'refusedBy.deleted', 4413: 'refusedBy.invalid', 4426: 'refusedBy.outdated' } as const;

/** The words for a close code of the co-editing socket. */
function refusalKey(code: number | undefined) {
  const known = Object.entries(refusals).find(([each]) => Number(each) === code);
  return known ? known[1] : 'refused';
}
