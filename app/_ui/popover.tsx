'use client';
import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names';
import { floating } from './control-style';

type Props = {
  trigger: ReactElement; children: ReactNode; label: string; align?: 'start' | 'center' | 'end'; side?: 'top' | 'bottom' | 'left' | 'right';
  open?: boolean; onOpenChange?: (open: boolean) => void; className?: string;
};

export function Popover({ trigger, children, label, align = 'start', side = 'bottom', open, onOpenChange, className = 'w-72 p-3' }: Props) {
  const control = { ...(open === undefined ? {} : { open }), ...(onOpenChange ? { onOpenChange: (next: boolean) => onOpenChange(next) } : {}) };
  return (
    <Base.Root {...control}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} className="z-80 outline-none">
          <Base.Popup aria-label={label} className={classNames(floating, 'max-h-(--available-height) overflow-y-auto', className)}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
