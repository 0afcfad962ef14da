'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { ApiFailure } from '../_client/api';
import { Button } from '../_ui/button';
import { Combobox } from '../_ui/combobox';
import { ConfirmDialog } from '../_ui/confirm-dialog';
import { Field } from '../_ui/field';
import { Input } from '../_ui/input';
import { Segmented } from '../_ui/segmented';
import { Select } from '../_ui/select';
import { Skeleton } from '../_ui/skeleton';
import { Switch } from '../_ui/switch';
import { toast } from '../_ui/toast';
import { NextTimes } from './next-times';
import { ScheduleTicks } from './schedule-ticks';
import { ownTimeZone, timeZones } from './time-zones';
import { useSchedule, type Schedule, type ScheduleWish } from './use-schedule';

type Named = { id: string; name: string };
export type ScheduleFormProps = {
  componentId: string; flows: readonly Named[]; inputFlowId: string | null; me: Named | null; members: readonly Named[];
  /** May let it run as somebody else. */
  mayLend: boolean; canEdit: boolean;
};

/** The cron of a component: loaded, made, changed and ended here. */
export function ScheduleForm(props: ScheduleFormProps) {
  const t = useTranslations('triggers');
  const { schedule, ready, failure, save, remove } = useSchedule(props.componentId);
  if (!ready) return <Skeleton lines={4} />;
  if (failure) return <p role="alert" className="text-sm text-danger">{failure.message}</p>;
  if (props.flows.length === 0) return <p className="text-sm text-muted">{t('noDataflow')}</p>;
  if (schedule === null && !props.canEdit) return <p className="text-sm text-muted">{t('noSchedule')}</p>;
  return <Fields key={schedule?.id ?? 'new'} {...props} schedule={schedule} save={save} remove={remove} />;
}

type FieldsProps = ScheduleFormProps & Pick<ReturnType<typeof useSchedule>, 'schedule' | 'save' | 'remove'>;
const platform = 'platform';
const presets = [['hourly', '0 * * * *'], ['daily', '0 7 * * *'], ['weekdays', '0 7 * * 1-5'], ['monthly', '0 7 1 * *']] as const;

function Fields({ flows, inputFlowId, me, members, mayLend, canEdit, schedule, save, remove }: FieldsProps) {
  const t = useTranslations('triggers');
  const [wish, setWish] = useState<ScheduleWish>(() => wishOf(schedule, inputFlowId, flows));
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const [ending, setEnding] = useState(false);
  const change = (part: Partial<ScheduleWish>) => setWish((before) => ({ ...before, ...part }));
  const submit = async () => {
    setBusy(true);
    const answer = await save(wish);
    setBusy(false);
    setFailure(answer.ok ? null : answer.failure);
    if (answer.ok) toast.success(t('scheduleSaved'));
  };
  const end = async () => {
    setEnding(false);
    const answer = await remove();
    if (answer.ok) toast.success(t('scheduleEnded'));
    else toast.error(answer.failure.message);
  };
  const lenders = [...(mayLend ? members : me ? [me] : [])];
  const chosen = schedule?.runAs ?? null;
  if (chosen && !lenders.some((each) => each.id === chosen.id)) lenders.push({ ...chosen, name: chosen.name || t('leftPerson') });
  return (
    <form className="grid gap-4" noValidate onSubmit={(event) => { event.preventDefault(); event.stopPropagation(); void submit(); }}>
      <fieldset disabled={!canEdit} className="contents">
        <Field label={t('inputFlow')} help={t('inputFlowHelp')}>
          <Select label={t('inputFlow')} value={wish.flowId ?? ''} disabled={!canEdit} onChange={(flowId) => change({ flowId })} placeholder={t('choose')} options={flows.map((flow) => ({ value: flow.id, label: flow.name }))} />
        </Field>
        <div className="grid gap-3 sm:grid-cols-[1fr_220px]">
          <Field label={t('cron')} required help={t('cronHelp')}><Input value={wish.cron} maxLength={100} spellCheck={false} className="mono" onChange={(event) => change({ cron: event.target.value })} /></Field>
          <Field label={t('timeZone')}><Combobox label={t('timeZone')} value={wish.timeZone} disabled={!canEdit} onChange={(timeZone) => timeZone && change({ timeZone })} options={timeZones().map((zone) => ({ value: zone, label: zone }))} /></Field>
        </div>
        {canEdit && <div className="-mt-2 flex flex-wrap gap-1.5" role="group" aria-label={t('presets')}>{presets.map(([key, cron]) => <Button key={key} size="sm" aria-pressed={wish.cron === cron} onClick={() => change({ cron })}>{t(`preset.${key}`)}</Button>)}</div>}
        <NextTimes cron={wish.cron} timeZone={wish.timeZone} />
        <Field label={t('runAs')} help={t('runAsHelp')}>
          <Select label={t('runAs')} value={wish.runAs ?? platform} disabled={!canEdit} onChange={(runAs) => change({ runAs: runAs === platform ? null : runAs })} options={[{ value: platform, label: t('platform') }, ...lenders.map((each) => ({ value: each.id, label: each.id === me?.id ? t('meNamed', { name: each.name }) : each.name }))]} />
        </Field>
        <div>
          <p className="mb-[5px] text-xs font-medium text-muted">{t('overlap')}</p>
          <Segmented label={t('overlap')} value={wish.overlap} onChange={(overlap) => change({ overlap })} options={[{ value: 'skip', label: t('skip') }, { value: 'queue', label: t('queue') }]} />
          <p className="mt-[5px] text-xs text-faint">{t(`overlapHelp.${wish.overlap}`)}</p>
        </div>
        <Switch checked={wish.catchUp} disabled={!canEdit} onChange={(catchUp) => change({ catchUp })}>{t('catchUp')}</Switch>
        <Switch checked={wish.enabled} disabled={!canEdit} onChange={(enabled) => change({ enabled })}>{t('enabled')}</Switch>
        {failure && <p role="alert" className="text-sm text-danger">{failure.message}</p>}
        {canEdit && (
          <div className="flex gap-2">
            <Button variant="primary" type="submit" disabled={busy || wish.flowId === null}>{t(schedule === null ? 'makeSchedule' : 'saveSchedule')}</Button>
            {schedule !== null && <Button variant="ghost" onClick={() => setEnding(true)}>{t('endSchedule')}</Button>}
          </div>
        )}
      </fieldset>
      <ScheduleTicks ticks={schedule?.ticks ?? []} />
      <ConfirmDialog open={ending} danger onClose={() => setEnding(false)} onConfirm={() => void end()} title={t('endTitle')} description={t('endText')} confirmLabel={t('endSchedule')} />
    </form>
  );
}

function wishOf(schedule: Schedule | null, inputFlowId: string | null, flows: readonly Named[]): ScheduleWish {
  const flowId = schedule?.flowId ?? inputFlowId ?? (flows.length === 1 ? (flows[0]?.id ?? null) : null);
  if (schedule === null) return { cron: '0 7 * * 1-5', timeZone: ownTimeZone(), overlap: 'skip', catchUp: true, runAs: null, enabled: true, flowId };
  const { cron, timeZone, overlap, catchUp, enabled } = schedule;
  return { cron, timeZone, overlap, catchUp, enabled, runAs: schedule.runAs?.id ?? null, flowId };
}
