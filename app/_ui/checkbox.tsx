'use client';
import { Checkbox as Base } from '@base-ui/react/checkbox';
import type { ReactNode } from 'react';
import { useFieldLink } from './field-context';
import { Icon } from './icon';

type Props = { checked: boolean; onChange: (checked: boolean) => void; children?: ReactNode; label?: string; indeterminate?: boolean; disabled?: boolean };

/** Its words are `children`; where there is no room for any, `label` says them to screen readers. */
export function Checkbox({ checked, onChange, children, label, indeterminate = false, disabled = false }: Props) {
  const link = useFieldLink({});
  const box = (
    <Base.Root {...link} checked={checked} indeterminate={indeterminate} disabled={disabled} onCheckedChange={(next) => onChange(next)} aria-label={label}
      className="flex size-4 flex-none items-center justify-center rounded-1 border border-line-control bg-surface data-checked:border-accent data-checked:bg-accent data-disabled:opacity-60 data-indeterminate:border-accent data-indeterminate:bg-accent">
      <Base.Indicator className="text-on-accent"><Icon name={indeterminate ? 'minus' : 'check'} size={12} /></Base.Indicator>
    </Base.Root>
  );
  if (children === undefined) return box;
  return <label className="inline-flex items-start gap-2 text-sm"><span className="mt-0.5">{box}</span><span>{children}</span></label>;
}
