'use client';
import { AlertDialog as Base } from '@base-ui/react/alert-dialog';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from './button';
import { classNames } from './class-names';
import { backdrop, dialogBox } from './dialog';

type Props = {
  open: boolean; onClose: () => void; onConfirm: () => void; title: ReactNode; description?: ReactNode; children?: ReactNode;
  confirmLabel: string; cancelLabel?: string; danger?: boolean; busy?: boolean;
};

/** Names what will be lost; focus starts on the way back. */
export function ConfirmDialog({ open, onClose, onConfirm, title, description, children, confirmLabel, cancelLabel, danger = false, busy = false }: Props) {
  const t = useTranslations('common');
  return (
    <Base.Root open={open} onOpenChange={(next) => { if (!next) onClose(); }}>
      <Base.Portal>
        <Base.Backdrop className={backdrop} />
        <Base.Popup className={classNames(dialogBox, 'w-105')}>
          <div className="px-5 pt-4 pb-5">
            <Base.Title className="text-lg font-strong">{title}</Base.Title>
            {description && <Base.Description className="mt-1.5 text-sm text-muted">{description}</Base.Description>}
            {children && <div className="mt-3">{children}</div>}
          </div>
          <footer className="flex justify-end gap-2 border-t border-line px-5 py-3">
            <Base.Close render={<Button>{cancelLabel ?? t('cancel')}</Button>} />
            <Button variant={danger ? 'danger' : 'primary'} disabled={busy} onClick={onConfirm}>{confirmLabel}</Button>
          </footer>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
