'use client';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import type { ErrorCode } from '#flow/error-code';
import { filledRetry, retryDefaults, type RetryPolicy } from '#flow/retry-policy';
import { Switch } from '../../../../_ui/switch';
import { useEditor } from '../editor-context';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { Below } from './param-field';
import { NativeSelect } from './plain-params';
import { useDraft } from './use-draft';

/** Errors a person may want tried again, of all there are: what comes from outside, and what another writer causes. */
const offered = ['HTTP_STATUS', 'HTTP_TIMEOUT', 'CONNECTOR_UNREACHABLE', 'CONNECTOR_AUTH', 'CONFLICT', 'LIMIT_EXCEEDED', 'SUBFLOW_FAILED', 'WORKFLOW_FAILED'] as const satisfies readonly ErrorCode[];

/** How often the step is tried, when again, for which errors, and how long one attempt may take. */
export function StepPolicy() {
  const { commands } = useEditor();
  const { step, problems, editable } = usePanel();
  const t = useTranslations('policy');
  const id = useId();
  const { retry } = step;
  const filled = filledRetry(retry);
  const mine = problems.filter((problem) => problem.param?.startsWith('retry.') || problem.param === 'timeoutMs');
  const set = (change: { [K in keyof RetryPolicy]?: RetryPolicy[K] | undefined }) => commands.setRetry(step.id, change);
  const on = retry?.on === undefined ? 'transient' : retry.on === 'all' ? 'all' : 'some';
  const codes: readonly ErrorCode[] = Array.isArray(retry?.on) ? retry.on : [];
  const summary = retry === undefined && step.timeoutMs === undefined ? t('usual') : t('own', { attempts: filled.attempts });
  return (
    <details className={styles.policy} open={mine.length > 0 || undefined}>
      <summary>{t('title')} <small>{summary}</small></summary>
      <div className={styles.pair}>
        <Amount at="retry.attempts" label={t('attempts')} unit="" factor={1} least={1} most={10} value={retry?.attempts} fallback={retryDefaults.attempts} onChange={(attempts) => set({ attempts })} />
        <div className={styles.field}>
          <label className={styles.label} htmlFor={`${id}-backoff`}>{t('backoff')}</label>
          <NativeSelect id={`${id}-backoff`} value={filled.backoff} options={[{ value: 'exponential', label: t('exponential') }, { value: 'fixed', label: t('fixed') }]}
            onChange={(value) => set({ backoff: value === 'fixed' ? 'fixed' : undefined, ...(retry ? {} : { attempts: filled.attempts }) })} />
        </div>
        <Amount at="retry.backoffMs" label={t('first')} unit="s" factor={1_000} least={0} most={3_600_000} value={retry?.backoffMs} fallback={retryDefaults.backoffMs} onChange={(backoffMs) => set({ backoffMs })} />
        <Amount at="retry.maxBackoffMs" label={t('longest')} unit="s" factor={1_000} least={0} most={3_600_000} value={retry?.maxBackoffMs} fallback={filled.maxBackoffMs} onChange={(maxBackoffMs) => set({ maxBackoffMs })} />
      </div>
      <div className={styles.field}>
        <label className={styles.label} htmlFor={`${id}-on`}>{t('on')}</label>
        <NativeSelect id={`${id}-on`} value={on} options={(['transient', 'all', 'some'] as const).map((value) => ({ value, label: t(`errors.${value}`) }))}
          onChange={(value) => set({ on: value === 'all' ? 'all' : value === 'some' ? ['HTTP_STATUS'] : undefined })} />
        {on === 'some' && (
          <ul className={styles.codes}>{offered.map((code) => (
            <li key={code}><label><input type="checkbox" disabled={!editable} checked={codes.includes(code)} onChange={(event) => {
              const next = event.target.checked ? [...codes, code] : codes.filter((each) => each !== code);
              set({ on: next.length > 0 ? next : undefined });
            }} /> {code}</label></li>
          ))}</ul>
        )}
      </div>
      <div className={styles.pair}>
        <div className={styles.field}><span className={styles.flag}><Switch checked={filled.jitter} disabled={!editable} onChange={(value) => set({ jitter: value ? undefined : false })}>{t('jitter')}</Switch></span></div>
        <Amount at="timeoutMs" label={t('timeout')} unit="s" factor={1_000} least={100} most={86_400_000} value={step.timeoutMs} fallback={null} onChange={(value) => commands.setTimeout(step.id, value ?? null)} />
      </div>
      {mine.length > 0 && <Below id={`${id}-policy`} problems={mine} />}
    </details>
  );
}

type AmountProps = { at: string; label: string; unit: string; factor: number; least: number; most: number; value: number | undefined; fallback: number | null; onChange: (value: number | undefined) => void };

/** A number of a policy, in people's units; what does not fit is marked and not stored, nothing is the default. */
function Amount({ at, label, unit, factor, least, most, value, fallback, onChange }: AmountProps) {
  const { editable, onEditing } = usePanel();
  const t = useTranslations('policy');
  const id = useId();
  const numberOf = (text: string) => Math.round(Number(text.replace(',', '.')) * factor);
  const fits = (text: string) => text.trim() === '' || (Number.isFinite(numberOf(text)) && numberOf(text) >= least && numberOf(text) <= most);
  const draft = useDraft(value === undefined ? '' : String(value / factor), (text) => { if (fits(text)) onChange(text.trim() === '' ? undefined : numberOf(text)); }, (active) => onEditing(active ? at : null));
  const bad = !fits(draft.value);
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>{label}</label>
      <span className={styles.withUnit}>
        <input id={id} className={styles.input} inputMode="decimal" readOnly={!editable} aria-invalid={bad} aria-describedby={bad ? `${id}-bad` : undefined} placeholder={fallback === null ? t('none') : String(fallback / factor)}
          value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />
        {unit && <em>{unit}</em>}
      </span>
      {bad && <p className={styles.hint} id={`${id}-bad`} role="alert">{t('range', { least: least / factor, most: most / factor })}</p>}
    </div>
  );
}
