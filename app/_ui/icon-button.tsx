'use client';
import type { ComponentProps } from 'react';
import { buttonBase, buttonVariants, type ButtonVariant } from './button-style';
import { classNames } from './class-names';
import { Icon } from './icon';
import { Tooltip } from './tooltip';

type Size = 'sm' | 'md' | 'lg';
const boxes = { sm: 'size-6', md: 'size-7', lg: 'size-8' } as const;
const drawings = { sm: 14, md: 16, lg: 16 } as const;
type Props = Omit<ComponentProps<'button'>, 'children'> & { label: string; icon: string; size?: Size; variant?: ButtonVariant; pressed?: boolean };

export function IconButton({ label, icon, size = 'md', variant = 'ghost', pressed, className, type = 'button', ...rest }: Props) {
  return (
    <Tooltip text={label}>
      <button type={type} aria-label={label} aria-pressed={pressed} {...rest} className={classNames(buttonBase, boxes[size], 'p-0', pressed ? 'border-transparent bg-accent-soft text-accent-text' : buttonVariants[variant], className)}>
        <Icon name={icon} size={drawings[size]} />
      </button>
    </Tooltip>
  );
}
