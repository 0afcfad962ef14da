'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { flowConcurrency, flowTimeoutMs, type FlowSettings } from '#flow/flow';
import { defaultLimits } from '#flow/limits';
import { Button } from '../../../_ui/button';
import { Dialog } from '../../../_ui/dialog';
import { Field } from '../../../_ui/field';
import { Input } from '../../../_ui/input';
import { useEditor } from './editor-context';

type Limit = 'timeoutMs' | 'concurrency';
const minute = 60_000;

/** How long a run of this flow may take and how many may be at work at once; an edit like any other. */
export function FlowLimitsDialog({ onClose }: { onClose: () => void }) {
  const { definition, commands } = useEditor();
  const t = useTranslations('flowLimits');
  const [minutes, setMinutes] = useState(shown(definition.settings?.timeoutMs, minute));
  const [places, setPlaces] = useState(shown(definition.settings?.concurrency, 1));
  const [bad, setBad] = useState<Limit | null>(null);
  const save = () => {
    const timeoutMs = read(minutes, minute, (value) => flowTimeoutMs.safeParse(value).success);
    const concurrency = read(places, 1, (value) => flowConcurrency.safeParse(value).success);
    if (timeoutMs === null) return setBad('timeoutMs');
    if (concurrency === null) return setBad('concurrency');
    const settings: FlowSettings = { timeoutMs: timeoutMs.value, concurrency: concurrency.value };
    commands.setSettings(settings);
    onClose();
  };
  const usual = definition.kind === 'dataflow' ? t('usual', { minutes: defaultLimits.dataflowMs / minute }) : t('forEver');
  return (
    <Dialog open onClose={onClose} size="sm" title={t('title')} description={t('why')} onSubmit={save} footer={<><Button onClick={onClose}>{t('cancel')}</Button><Button variant="primary" type="submit">{t('save')}</Button></>}>
      <div className="grid gap-4">
        <Field label={t('timeout')} help={t('timeoutHelp')} error={bad === 'timeoutMs' ? t('timeoutBad') : ''}><Input inputMode="decimal" value={minutes} placeholder={usual} onChange={(event) => setMinutes(event.target.value)} /></Field>
        <Field label={t('concurrency')} help={t('concurrencyHelp')} error={bad === 'concurrency' ? t('concurrencyBad') : ''}><Input inputMode="numeric" value={places} placeholder={t('unlimited')} onChange={(event) => setPlaces(event.target.value)} /></Field>
      </div>
    </Dialog>
  );
}

const shown = (value: number | undefined, factor: number) => (value === undefined ? '' : String(value / factor));

/** null when what is written does not fit; nothing written is no limit of its own. */
function read(text: string, factor: number, fits: (value: number) => boolean): { value: number | undefined } | null {
  if (text.trim() === '') return { value: undefined };
  const value = Math.round(Number(text.trim().replace(',', '.')) * factor);
  return fits(value) ? { value } : null;
}
