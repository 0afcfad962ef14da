'use client';
import { Switch as Base } from '@base-ui/react/switch';
import { use, type ReactNode } from 'react';
import { FieldContext, useFieldLink } from './field-context';

type Props = { checked: boolean; onChange: (checked: boolean) => void; children?: ReactNode; label?: string; disabled?: boolean };

export function Switch({ checked, onChange, children, label, disabled = false }: Props) {
  const inField = use(FieldContext) !== null;
  const link = useFieldLink({});
  const toggle = (
    <Base.Root {...link} checked={checked} disabled={disabled} onCheckedChange={(next) => onChange(next)} aria-label={inField ? undefined : label}
      className="relative inline-flex h-4 w-7 flex-none items-center rounded-round bg-line-control transition-colors duration-(--motion-quick) data-checked:bg-accent data-disabled:opacity-60">
      <Base.Thumb className="block size-3 translate-x-0.5 rounded-round bg-surface transition-transform duration-(--motion-quick) data-checked:translate-x-3.5" />
    </Base.Root>
  );
  if (children === undefined) return toggle;
  return <label className="inline-flex items-center gap-2 text-sm">{toggle}<span>{children}</span></label>;
}
