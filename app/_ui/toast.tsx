'use client';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { toast as show, Toaster as Base } from 'sonner';
import { Button } from './button';
import { Icon } from './icon';
import { IconButton } from './icon-button';
import { StatusMark } from './status-mark';

type Tone = 'success' | 'error' | 'info';
type Options = { action?: { label: string; onClick: () => void }; /** Stays until it is closed: it offers the only way back from a loss. */ sticky?: boolean; id?: string };

const raise = (tone: Tone) => (text: ReactNode, options: Options = {}) =>
  show.custom((id) => <Card id={id} tone={tone} text={text} action={options.action} />, { duration: tone === 'error' || options.sticky ? Infinity : 6_000, ...(options.id ? { id: options.id } : {}) });

/** Says what happened; `action` offers to undo it or to look at it. Errors stay until closed. */
export const toast = { success: raise('success'), error: raise('error'), info: raise('info'), dismiss: (id?: string | number) => show.dismiss(id) };

function Card({ id, tone, text, action }: { id: string | number; tone: Tone; text: ReactNode; action: Options['action'] }) {
  const t = useTranslations('common');
  return (
    <div role={tone === 'error' ? 'alert' : undefined} className="flex min-h-11 w-[min(420px,calc(100vw-32px))] items-center gap-2.5 rounded-3 bg-raised py-2 pr-2 pl-3 text-sm text-text shadow-pop">
      {tone === 'error' ? <StatusMark status="failed" size={16} /> : <span className={tone === 'success' ? 'text-status-succeeded' : 'text-muted'}><Icon name={tone === 'success' ? 'check' : 'info'} size={16} /></span>}
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{text}</span>
      {action && <Button onClick={() => { action.onClick(); show.dismiss(id); }}>{action.label}</Button>}
      <IconButton label={t('close')} icon="x" onClick={() => show.dismiss(id)} />
    </div>
  );
}

export function Toaster() {
  const t = useTranslations('common');
  return <Base position="bottom-left" visibleToasts={3} gap={8} offset={16} containerAriaLabel={t('notices')} toastOptions={{ unstyled: true }} />;
}
