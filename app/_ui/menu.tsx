'use client';
import { Menu as Base } from '@base-ui/react/menu';
import Link from 'next/link';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { classNames } from './class-names';
import { floating, floatingItem } from './control-style';
import { Icon } from './icon';
import { Kbd } from './kbd';

type Act = { label: ReactNode; icon?: string; hint?: ReactNode; keys?: string; danger?: boolean; disabled?: boolean; checked?: boolean };
export type MenuItem = (Act & { onSelect: () => void }) | (Act & { href: string }) | { separator: true } | { heading: string };
type Props = { trigger: ReactElement; items: readonly MenuItem[]; label?: string; align?: 'start' | 'center' | 'end'; side?: 'top' | 'bottom' | 'left' | 'right' };

export function Menu({ trigger, items, label, align = 'start', side = 'bottom' }: Props) {
  return (
    <Base.Root modal={false}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-80 outline-none">
          <Base.Popup aria-label={label} className={classNames(floating, 'max-h-(--available-height) max-w-90 min-w-44 overflow-y-auto p-1')}>
            {items.map((item, index) => <Fragment key={index}>{drawn(item)}</Fragment>)}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function drawn(item: MenuItem): ReactNode {
  if ('separator' in item) return <Base.Separator className="my-1 h-px bg-line" />;
  if ('heading' in item) return <div className="px-2 pt-2 pb-1 text-2xs font-medium text-faint">{item.heading}</div>;
  const look = classNames(floatingItem, item.danger && 'text-danger data-highlighted:bg-danger-soft');
  const inside = (
    <>
      {item.icon && <span className={item.danger ? '' : 'text-muted'}><Icon name={item.icon} size={14} /></span>}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.hint && <span className="text-xs text-faint">{item.hint}</span>}
      {item.keys && <Kbd keys={item.keys} />}
      {item.checked && <span className="text-accent-text"><Icon name="check" size={14} /></span>}
    </>
  );
  if ('href' in item) return <Base.LinkItem closeOnClick className={look} render={<Link href={item.href} />}>{inside}</Base.LinkItem>;
  if (item.checked !== undefined) return <Base.CheckboxItem checked={item.checked} disabled={item.disabled ?? false} closeOnClick className={look} onClick={item.onSelect}>{inside}</Base.CheckboxItem>;
  return <Base.Item disabled={item.disabled ?? false} className={look} onClick={item.onSelect}>{inside}</Base.Item>;
}
