import type { ReactNode } from 'react';
import { classNames } from './class-names';
import { Icon } from './icon';

const tones = {
  neutral: 'bg-sunken text-muted', accent: 'bg-accent-soft text-accent-text', danger: 'bg-status-failed-soft text-status-failed',
  success: 'bg-status-succeeded-soft text-status-succeeded', warning: 'bg-status-waiting-soft text-status-waiting',
} as const;

export function Badge({ tone = 'neutral', icon, children, className }: { tone?: keyof typeof tones; icon?: string; children: ReactNode; className?: string }) {
  return <span className={classNames('inline-flex h-5 flex-none items-center gap-1 rounded-1 px-1.5 text-2xs font-medium whitespace-nowrap', tones[tone], className)}>{icon && <Icon name={icon} size={12} />}{children}</span>;
}
