'use client';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import type { SourcePort } from '#flow/flow';
import { stepsOf } from '#flow/flow';
import type { SourceRule } from '#flow/steps/define-step';
import { useEditor } from '../editor-context';
import { Below } from './param-field';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { NativeSelect } from './plain-params';

const portsOf: Record<SourceRule, readonly SourcePort[]> = { none: [], one: ['source'], optional: ['source'], two: ['left', 'right'] };

/** Which earlier steps this one reads. */
export function SourcePickers({ rule }: { rule: SourceRule }) {
  return portsOf[rule].map((port) => <SourcePicker key={port} port={port} required={rule !== 'optional'} />);
}

function SourcePicker({ port, required }: { port: SourcePort; required: boolean }) {
  const { definition, commands } = useEditor();
  const { step, problems } = usePanel();
  const t = useTranslations('panel');
  const id = useId();
  const steps = stepsOf(definition);
  const place = steps.findIndex((each) => each.id === step.id);
  const current = step.sources?.[port] ?? '';
  const options = steps.filter((each, i) => i < place || each.id === current).map((each) => ({ value: each.id, label: each.name }));
  const mine = problems.filter((problem) => problem.param === port || problem.param === `sources.${port}` || (problem.param === undefined && problem.code.startsWith('SOURCE')));
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>{t(`port.${port}`)}{required && <span className={styles.required} aria-hidden>*</span>}</label>
      <NativeSelect id={id} value={current} options={options} onChange={(source) => commands.setSource(step.id, port, source ?? null)} optional describedBy={mine.length > 0 ? `${id}-problem` : undefined} bad={mine.length > 0} />
      <Below id={id} problems={mine} />
    </div>
  );
}
