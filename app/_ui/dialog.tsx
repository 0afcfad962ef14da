'use client';
import { Dialog as Base } from '@base-ui/react/dialog';
import { useTranslations } from 'next-intl';
import { useRef, type ReactNode } from 'react';
import { classNames } from './class-names';
import { IconButton } from './icon-button';

type Props = {
  open: boolean; onClose: () => void; title: ReactNode; description?: ReactNode; children?: ReactNode; footer?: ReactNode; size?: 'sm' | 'md' | 'lg' | 'xl';
  /** Given: the dialog is a form, and its primary button of type `submit` or the Enter key send it. */
  onSubmit?: () => void;
};
const widths = { sm: 'w-100', md: 'w-130', lg: 'w-190', xl: 'w-270' } as const;

export const backdrop = 'fixed inset-0 z-60 bg-scrim transition-opacity duration-(--motion-quick) data-ending-style:opacity-0 data-starting-style:opacity-0';
export const dialogBox = 'fixed top-1/2 left-1/2 z-70 flex max-h-[calc(100dvh-48px)] max-w-[calc(100vw-32px)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-4 bg-raised text-text shadow-pop '
  + 'outline-none transition-opacity duration-(--motion-quick) data-ending-style:opacity-0 data-starting-style:opacity-0';

export function Dialog({ open, onClose, title, description, children, footer, size = 'md', onSubmit }: Props) {
  const t = useTranslations('common');
  const box = useRef<HTMLDivElement>(null);
  const inside = (
    <>
      <header className="flex items-start gap-3 px-5 pt-4 pb-3">
        <div className="min-w-0 flex-1">
          <Base.Title className="text-lg font-strong">{title}</Base.Title>
          {description && <Base.Description className="mt-1 text-sm text-muted">{description}</Base.Description>}
        </div>
        <Base.Close render={<IconButton label={t('close')} icon="x" className="-mr-2" />} />
      </header>
      {children !== undefined && <div className="min-h-0 flex-1 overflow-y-auto px-5 pt-1 pb-5">{children}</div>}
      {footer && <footer className="flex flex-none items-center justify-end gap-2 border-t border-line px-5 py-3">{footer}</footer>}
    </>
  );
  return (
    <Base.Root open={open} onOpenChange={(next) => { if (!next) onClose(); }}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup ref={box} initialFocus={() => firstFocus(box.current)} className={classNames(dialogBox, widths[size])}>
          {onSubmit ? <form noValidate className="flex min-h-0 flex-col" onSubmit={(event) => { event.preventDefault(); event.stopPropagation(); onSubmit(); }}>{inside}</form> : inside}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

/** The first field, else the dialog itself: on its close button the tip would open and take the first Escape. */
function firstFocus(box: HTMLElement | null): HTMLElement | boolean {
  if (!box) return true;
  if (box.contains(document.activeElement)) return false;
  return box.querySelector<HTMLElement>('input:enabled, textarea:enabled, select:enabled, [role="combobox"]') ?? box;
}
