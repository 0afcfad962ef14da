'use client';
import { useTranslations } from 'next-intl';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { entrySchema } from '#flow/component-schema';
import { stepKey, stepsOf, type SourcePort, type Step } from '#flow/flow';
import { withDefaults } from '#flow/steps/define-step';
import { sameJson } from '#flow/canonical-params';
import type { Json } from '#flow/json';
import { stepType } from '#flow/steps/index';
import { IconButton } from '../../../../_ui/icon-button';
import { Button } from '../../../../_ui/button';
import { Menu } from '../../../../_ui/menu';
import { StepTile } from '../../../../_ui/step-tile';
import { Tabs } from '../../../../_ui/tabs';
import { useEditor } from '../editor-context';
import editor from '../editor.module.css';
import { useCommentsHere } from '../../../../_comments/use-comments';
import { Documentation } from './documentation';
import { ModelView, type ModelViewKind } from './model-view';
import { PanelContext, type PanelFacts } from './panel-context';
import { isAbout, StepComments } from './step-comments';
import { StepSettings } from './step-settings';
import { useBlame } from './use-blame';
import { useDraft } from './use-draft';

export type PanelTab = 'settings' | 'model' | 'comments' | 'docs';
type Props = { step: Step; tab: PanelTab; onTab: (tab: PanelTab) => void; onClose: () => void; onRemove: (ids: string[]) => void; focusRequest: number; /** The thread a link asked for. */ marked: string | null };

/** Everything about the selected step. */
export function StepPanel({ step, tab, onTab, onClose, onRemove, focusRequest, marked }: Props) {
  const { flowId, definition, component, schemas, problems, commands, editable, signs, locale } = useEditor();
  const t = useTranslations('panel');
  const body = useRef<HTMLDivElement>(null);
  const type = stepType(stepKey(definition.kind, step.type));
  const params = useMemo(() => withDefaults(step.params ?? {}, type?.params ?? {}), [step.params, type]);
  const mine = useMemo(() => problems.filter((problem) => problem.stepId === step.id), [problems, step.id]);
  const names = useMemo(() => new Map(stepsOf(definition).map((each) => [each.id, each.name])), [definition]);
  const model = useMemo(() => entrySchema(component), [component]);
  const sourceOf = useCallback((port: SourcePort | undefined) => {
    const id = step.sources?.[port ?? 'source'];
    return id === undefined ? null : { id, name: names.get(id) ?? id };
  }, [step.sources, names]);
  const schemaOf = useCallback((port: SourcePort | undefined) => {
    if (definition.kind === 'workflow') return model;
    const source = sourceOf(port);
    return source ? schemas.get(source.id) : undefined;
  }, [definition.kind, model, schemas, sourceOf]);
  const setParam = useCallback((key: string, value: Json | undefined) => {
    const fallback = type?.params[key]?.default;
    commands.setParam(step.id, key, value !== undefined && fallback !== undefined && sameJson(value, fallback) ? undefined : value);
  }, [commands, step.id, type]);
  const onEditing = useCallback((param: string | null) => signs.set('editing', param === null ? null : { stepId: step.id, param: param.split(/[.[]/)[0] ?? param }), [signs, step.id]);

  useEffect(() => {
    if (focusRequest === 0) return;
    const first = body.current?.querySelector('select:not(:disabled), input, textarea, [contenteditable="true"], button');
    if (first instanceof HTMLElement) first.focus();
  }, [focusRequest]);

  const blame = useBlame(flowId, step);
  const [commented, setCommented] = useState<{ stepId: string; param: string } | null>(null);
  const onComment = useCallback((param: string) => {
    setCommented({ stepId: step.id, param });
    onTab('comments');
  }, [step.id, onTab]);
  const [modelView, setModelView] = useState<ModelViewKind>('schema');
  const showSample = useCallback(() => {
    setModelView('sample');
    onTab('model');
  }, [onTab]);
  const comments = useCommentsHere();
  const open = comments?.threads.filter((thread) => !thread.resolved && isAbout(thread, step.id)).length ?? 0;
  const name = useDraft(step.name, (text) => { if (text.trim()) commands.renameStep(step.id, text.trim()); }, (active) => onEditing(active ? 'name' : null));
  const facts = useMemo((): PanelFacts | null => type ? { step, type, params, problems: mine, schemaOf, sourceOf, setParam, editable, onEditing, blame, onComment } : null, [step, type, params, mine, schemaOf, sourceOf, setParam, editable, onEditing, blame, onComment]);
  return (
    <aside role="complementary" aria-label={t('panelOf', { name: step.name })} className={editor.panel} data-region tabIndex={-1}>
      <div className={editor.panelHead}>
        {type && <StepTile group={type.group} icon={type.icon} size={32} />}
        <div>
          <input aria-label={t('name')} readOnly={!editable} maxLength={100} value={name.value} onFocus={name.onFocus} onBlur={name.onBlur} onChange={(event) => name.change(event.target.value)} onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()} />
          <small>{type?.title[locale] ?? step.type}</small>
        </div>
        {editable && (
          <Menu align="end" trigger={<IconButton label={t('more')} icon="ellipsis" />} items={[
            { label: t('duplicate'), icon: 'copy', keys: 'Ctrl D', onSelect: () => commands.duplicate([step.id]) },
            { label: step.disabled ? t('enable') : t('disable'), icon: 'ban', keys: 'E', onSelect: () => commands.setDisabled([step.id], !step.disabled) },
            { separator: true },
            { label: t('remove'), icon: 'trash-2', danger: true, keys: 'Del', onSelect: () => onRemove([step.id]) },
          ]} />
        )}
        <IconButton label={t('close')} icon="x" onClick={onClose} />
      </div>
      <Tabs className={editor.panelTabs ?? ''} value={tab} onChange={onTab} tabs={[{ value: 'settings', label: t('settings') }, { value: 'model', label: t('model') }, ...(comments ? [{ value: 'comments' as const, label: t('comments'), count: open > 0 ? open : undefined }] : []), { value: 'docs', label: t('docs') }]} />
      <div className={editor.panelBody} ref={body} role="tabpanel" aria-label={t(tab)}>
        {facts && <PanelContext value={facts}>{tab === 'settings' ? <StepSettings onSample={showSample} /> : tab === 'model' ? <ModelView view={modelView} onView={setModelView} /> : tab === 'comments' ? <StepComments param={commented?.stepId === step.id ? commented.param : null} onWhole={() => setCommented(null)} marked={marked} /> : <Documentation />}</PanelContext>}
      </div>
      {tab === 'settings' && (
        <footer className={editor.panelFoot}>
          {definition.kind === 'dataflow' && (
            <label>{t('onError')} <select value={step.onError ?? 'stop'} disabled={!editable} onChange={(event) => commands.setOnError(step.id, event.target.value === 'continue' ? 'continue' : 'stop')}><option value="stop">{t('stop')}</option><option value="continue">{t('continue')}</option></select></label>
          )}
          <span className={editor.grow} />
          {editable && <Button variant="ghost" size="sm" icon="ban" aria-pressed={step.disabled === true} onClick={() => commands.setDisabled([step.id], !step.disabled)}>{step.disabled ? t('enable') : t('disable')}</Button>}
        </footer>
      )}
    </aside>
  );
}
