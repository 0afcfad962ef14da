export const buttonVariants = {
  primary: 'border-accent bg-accent text-on-accent hover:border-accent-hover hover:bg-accent-hover',
  secondary: 'border-line-strong bg-surface text-text hover:bg-hover active:bg-pressed',
  ghost: 'border-transparent bg-transparent text-muted hover:bg-hover hover:text-text active:bg-pressed',
  danger: 'border-danger bg-danger text-on-danger hover:border-danger-hover hover:bg-danger-hover',
} as const;
export type ButtonVariant = keyof typeof buttonVariants;

export const buttonSizes = { sm: 'h-6 px-2 text-xs gap-1', md: 'h-7 px-2.5 text-sm gap-1.5', lg: 'h-8 px-3.5 text-sm gap-1.5', touch: 'h-11 px-4 text-lg gap-2 rounded-3' } as const;
export type ButtonSize = keyof typeof buttonSizes;

export const buttonBase = 'inline-flex flex-none items-center justify-center rounded-2 border font-medium whitespace-nowrap select-none transition-colors duration-(--motion-instant) '
  + 'disabled:pointer-events-none disabled:border-line disabled:bg-sunken disabled:text-faint';
