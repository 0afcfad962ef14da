'use client';
import { Combobox as Base } from '@base-ui/react/combobox';
import { useTranslations } from 'next-intl';
import { use, type ReactNode } from 'react';
import { classNames } from './class-names';
import { controlEdge, controlHeight, floating, floatingItem, type ControlSize } from './control-style';
import { FieldContext, useFieldLink } from './field-context';
import { Icon } from './icon';

export type ComboboxOption = { value: string; label: string; hint?: ReactNode };
type Props = {
  label: string; value: string; onChange: (value: string) => void; options: readonly ComboboxOption[];
  placeholder?: string; clearable?: boolean; disabled?: boolean; size?: ControlSize; className?: string;
  /** Given: the owner narrows `options` itself, for example by asking the server. */
  onSearch?: (query: string) => void;
};

export function Combobox({ label, value, onChange, options, placeholder, clearable = false, disabled = false, size = 'lg', className, onSearch }: Props) {
  const t = useTranslations('common');
  const inField = use(FieldContext) !== null;
  const link = useFieldLink({});
  const chosen = options.find((each) => each.value === value) ?? null;
  return (
    <Base.Root<ComboboxOption> items={options} value={chosen} disabled={disabled} autoHighlight isItemEqualToValue={(a, b) => a.value === b.value}
      {...(onSearch ? { filter: null, onInputValueChange: (query: string, { reason }) => { if (reason === 'input-change' || reason === 'input-clear') onSearch(query); } } : {})}
      onValueChange={(next) => onChange(next?.value ?? '')}>
      <Base.InputGroup className={classNames('relative w-full', className)}>
        <Base.Input {...link} aria-label={inField ? undefined : label} placeholder={placeholder} className={classNames(controlEdge, controlHeight[size], 'w-full min-w-0 pl-2', clearable ? 'pr-13' : 'pr-7')} />
        <span className="absolute inset-y-0 right-1 flex items-center text-faint">
          {clearable && <Base.Clear aria-label={t('clear')} className="flex size-6 items-center justify-center rounded-1 hover:text-text"><Icon name="x" size={13} /></Base.Clear>}
          <Base.Trigger aria-label={t('openList')} className="flex size-6 items-center justify-center rounded-1 hover:text-text"><Icon name="chevron-down" size={13} /></Base.Trigger>
        </span>
      </Base.InputGroup>
      <Base.Portal>
        <Base.Positioner sideOffset={4} className="z-80 outline-none">
          <Base.Popup className={classNames(floating, 'w-(--anchor-width) min-w-48 max-w-(--available-width)')}>
            <Base.Empty><p className="px-3 py-2 text-xs text-muted">{t('nothingFound')}</p></Base.Empty>
            <Base.List className="max-h-[min(280px,var(--available-height))] overflow-y-auto p-1 data-empty:p-0">
              {(item: ComboboxOption) => (
                <Base.Item key={item.value} value={item} className={floatingItem}>
                  <span className="min-w-0 flex-1 truncate">{item.label}</span>
                  {item.hint && <span className="flex-none text-xs text-faint">{item.hint}</span>}
                  <Base.ItemIndicator className="text-accent-text"><Icon name="check" size={14} /></Base.ItemIndicator>
                </Base.Item>
              )}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
