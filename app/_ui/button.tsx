import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { buttonBase, buttonSizes, buttonVariants, type ButtonSize, type ButtonVariant } from './button-style';
import { classNames } from './class-names';
import { Icon } from './icon';

type Look = { variant?: ButtonVariant; size?: ButtonSize; icon?: string; children?: ReactNode };

export function Button({ variant = 'secondary', size = 'md', icon, children, className, type = 'button', ...rest }: ComponentProps<'button'> & Look) {
  return <button type={type} {...rest} className={classNames(buttonBase, buttonSizes[size], buttonVariants[variant], className)}><Content icon={icon} size={size}>{children}</Content></button>;
}

/** A link that looks like a button, for what goes to another page. */
export function ButtonLink({ variant = 'secondary', size = 'md', icon, children, className, ...rest }: ComponentProps<typeof Link> & Look) {
  return <Link {...rest} className={classNames(buttonBase, buttonSizes[size], buttonVariants[variant], className)}><Content icon={icon} size={size}>{children}</Content></Link>;
}

function Content({ icon, size, children }: { icon: string | undefined; size: ButtonSize; children: ReactNode }) {
  return <>{icon && <Icon name={icon} size={size === 'sm' ? 13 : 14} />}{children !== undefined && children !== null && <span className="min-w-0 truncate">{children}</span>}</>;
}
