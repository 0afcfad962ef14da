'use client';
import { useTranslations } from 'next-intl';
import { stepsOf } from '#flow/flow';
import type { Problem } from '#flow/problems';
import { replacePath } from '#flow/replace-path';
import { useEditor } from './editor-context';

/** One press that puts the field that is plainly meant in the place of the one that is not there. */
export function PutRight({ problem, className }: { problem: Problem; className?: string | undefined }) {
  const { definition, commands, editable } = useEditor();
  const t = useTranslations('editor');
  const { stepId, param, instead } = problem;
  if (!editable || !instead || stepId === undefined || param === undefined) return null;
  const repair = () => {
    const step = stepsOf(definition).find((each) => each.id === stepId);
    const change = step ? replacePath(step.params ?? {}, param, instead) : null;
    if (change) commands.setParam(stepId, change.key, change.value);
  };
  return <button type="button" className={className} onClick={repair}>{t('putRight', { name: instead.use })}</button>;
}
