'use client';
import { useTranslations } from 'next-intl';
import { durationMs } from '#flow/due-time';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import type { ParamProps } from './param-field';
import { NativeSelect } from './plain-params';
import { useDraft } from './use-draft';

const units = ['m', 'h', 'd', 'w'] as const;
const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A number and its unit. What a program wrote in another form is shown in the largest unit that says it whole. */
export function DurationParam({ at, value, onChange, id, describedBy, bad }: ParamProps) {
  const { editable, onEditing } = usePanel();
  const t = useTranslations('panel');
  const { count, unit } = parts(typeof value === 'string' ? value : '');
  const write = (number: string, in_: string) => onChange(/^\d{1,6}$/.test(number.trim()) && Number(number) > 0 ? `${Number(number)}${in_}` : undefined);
  const draft = useDraft(count, (text) => write(text, unit), (active) => onEditing(active ? at : null));
  const shown = unit === 's' ? (['s', ...units] as const) : units;
  return (
    <span className="grid grid-cols-[5rem_1fr] gap-1.5">
      <input id={id} className={styles.input} inputMode="numeric" aria-describedby={describedBy} aria-invalid={bad} readOnly={!editable} value={draft.value} onFocus={draft.onFocus} onBlur={draft.onBlur} onChange={(event) => draft.change(event.target.value)} />
      <NativeSelect id={`${id}-unit`} label={t('duration.unit')} value={unit} options={shown.map((each) => ({ value: each, label: t(`duration.${each}`) }))} onChange={(picked) => picked !== undefined && draft.value !== '' && write(draft.value, picked)} />
    </span>
  );
}

function parts(stored: string): { count: string; unit: keyof typeof secondsOf } {
  const [, number, unit] = /^(\d{1,9})([smhdw])$/.exec(stored) ?? [];
  const known = (['s', ...units] as const).find((each) => each === unit);
  if (number !== undefined && known) return { count: number, unit: known };
  const seconds = (durationMs(stored) ?? 0) / 1_000;
  if (seconds === 0) return { count: '', unit: 'd' };
  const largest = (['w', 'd', 'h', 'm', 's'] as const).find((each) => seconds % secondsOf[each] === 0) ?? 's';
  return { count: String(seconds / secondsOf[largest]), unit: largest };
}
