'use client';
import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';

type Props<V extends string> = { label: string; value: V; onChange: (value: V) => void; options: readonly { value: V; label: ReactNode }[] };

/** A short choice with every option in sight. */
export function Segmented<V extends string>({ label, value, onChange, options }: Props<V>) {
  return (
    <ToggleGroup aria-label={label} value={[value]} className="inline-flex rounded-2 bg-sunken p-0.5"
      onValueChange={(next) => { const chosen = options.find((each) => each.value === next[0]); if (chosen) onChange(chosen.value); }}>
      {options.map((each) => (
        <Toggle key={each.value} value={each.value} className="h-6 rounded-1 px-2.5 text-xs font-medium text-muted hover:text-text data-pressed:bg-raised data-pressed:text-text data-pressed:shadow-[0_0_0_1px_var(--line-strong)]">{each.label}</Toggle>
      ))}
    </ToggleGroup>
  );
}
