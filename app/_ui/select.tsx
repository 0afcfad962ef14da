'use client';
import { Select as Base } from '@base-ui/react/select';
import { use, type ReactNode } from 'react';
import { classNames } from './class-names';
import { controlEdge, controlHeight, floating, floatingItem, type ControlSize } from './control-style';
import { FieldContext, useFieldLink } from './field-context';
import { Icon } from './icon';

export type SelectOption<V extends string = string> = { value: V; label: ReactNode; help?: ReactNode; disabled?: boolean };
type Props<V extends string> = {
  value: V; onChange: (value: V) => void; options: readonly SelectOption<V>[]; label: string;
  disabled?: boolean; size?: ControlSize; className?: string; placeholder?: string;
};

/** Inside a `Field` the field's label names it, elsewhere `label` does. */
export function Select<V extends string>({ value, onChange, options, label, disabled = false, size = 'lg', className, placeholder }: Props<V>) {
  const inField = use(FieldContext) !== null;
  const link = useFieldLink({});
  return (
    <Base.Root items={options.map((each) => ({ value: each.value, label: each.label }))} value={value} disabled={disabled} modal={false}
      onValueChange={(next) => { if (next !== null) onChange(next); }}>
      <Base.Trigger {...link} aria-label={inField ? undefined : label} className={classNames(controlEdge, controlHeight[size], 'flex w-full min-w-0 items-center gap-1.5 px-2 text-left data-disabled:bg-sunken data-disabled:text-faint', className)}>
        <Base.Value className="min-w-0 flex-1 truncate data-placeholder:text-faint" placeholder={placeholder} />
        <Base.Icon className="text-faint"><Icon name="chevron-down" size={13} /></Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner alignItemWithTrigger={false} sideOffset={4} className="z-80 outline-none">
          <Base.Popup className={classNames(floating, 'max-h-[min(320px,var(--available-height))] min-w-(--anchor-width) max-w-[min(420px,var(--available-width))] overflow-y-auto p-1')}>
            <Base.List>
              {options.map((each) => (
                <Base.Item key={each.value} value={each.value} disabled={each.disabled ?? false} className={floatingItem}>
                  <span className="min-w-0 flex-1">
                    <Base.ItemText className="block truncate">{each.label}</Base.ItemText>
                    {each.help && <span className="block text-xs text-muted">{each.help}</span>}
                  </span>
                  <Base.ItemIndicator className="text-accent-text"><Icon name="check" size={14} /></Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
