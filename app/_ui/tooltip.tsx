'use client';
import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Kbd } from './kbd';

/** One tip for the whole page: a trigger costs no portal of its own, which matters where there are hundreds. */
type Tip = { text: ReactNode; keys?: string | undefined };
const handle = Base.createHandle<Tip>();

export function Tooltip({ text, keys, children }: Tip & { children: ReactElement }) {
  return <Base.Trigger handle={handle} payload={{ text, keys }} render={children} />;
}

export function TooltipRoot() {
  return (
    <Base.Provider delay={450}>
      <Base.Root handle={handle}>
        {({ payload }) => (
          <Base.Portal>
            <Base.Positioner sideOffset={6} className="z-90">
              <Base.Popup className="flex max-w-72 items-center gap-2 rounded-1 bg-text px-2 py-1 text-xs text-surface shadow-lift transition-opacity duration-(--motion-quick) data-ending-style:opacity-0 data-instant:transition-none data-starting-style:opacity-0">
                {payload?.text}
                {payload?.keys && <Kbd keys={payload.keys} />}
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        )}
      </Base.Root>
    </Base.Provider>
  );
}
