'use client';
import { useTranslations } from 'next-intl';
import { isShown } from '#flow/steps/field';
import { Branches } from './branches';
import { KeptItems } from './kept-items';
import { usePanel } from './panel-context';
import styles from './panel.module.css';
import { Below, ParamField } from './param-field';
import { SourcePickers } from './source-picker';
import { StepNote } from './step-note';
import { StepPolicy } from './step-policy';

/** The form of a step, drawn from what its parameters mean. */
export function StepSettings({ onSample }: { onSample: () => void }) {
  const { step, type, params, problems, setParam } = usePanel();
  const t = useTranslations('panel');
  const shown = Object.entries(type.params).filter(([, meta]) => isShown(meta, params, type.params));
  const named = new Set(['source', 'left', 'right', ...Object.keys(type.params)]);
  const loose = problems.filter((problem) => problem.param === undefined ? !problem.code.startsWith('SOURCE') || type.kind === 'workflow' : !named.has(problem.param.split(/[.[]/)[0] ?? '') && !/^(sources|retry\.|timeoutMs$)/.test(problem.param));
  return (
    <>
      {loose.length > 0 && <div className={styles.field}><Below id={`${step.id}-step`} problems={loose} /></div>}
      {type.kind === 'dataflow' && <SourcePickers rule={type.sources} />}
      {shown.map(([key, meta]) => <ParamField key={`${step.id}:${key}`} at={key} meta={meta} value={params[key]} onChange={(value) => setParam(key, value)} />)}
      {shown.length === 0 && <p className={styles.empty}>{t('noParams')}</p>}
      <KeptItems onSample={onSample} />
      <Branches />
      <StepPolicy />
      <StepNote />
    </>
  );
}
