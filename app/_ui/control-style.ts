/** The edge every control shares: field, select, combobox. */
export const controlEdge = 'rounded-2 border border-line-control bg-surface text-text outline-none transition-colors duration-(--motion-instant) '
  + 'focus-visible:border-accent focus-visible:shadow-[0_0_0_1px_var(--accent)] aria-invalid:border-danger aria-invalid:shadow-[0_0_0_1px_var(--danger)] '
  + 'disabled:border-line disabled:bg-sunken disabled:text-faint';

export const controlHeight = { sm: 'h-6 text-xs', md: 'h-7 text-sm', lg: 'h-8 text-sm', xl: 'h-9 text-md' } as const;
export type ControlSize = keyof typeof controlHeight;

/** What floats: menus, lists, popovers. */
export const floating = 'rounded-3 bg-raised text-text shadow-pop outline-none transition-opacity duration-(--motion-quick) data-ending-style:opacity-0 data-starting-style:opacity-0';
export const floatingItem = 'flex min-h-7 w-full items-center gap-2 rounded-1 px-2 py-1 text-sm text-text outline-none select-none '
  + 'data-highlighted:bg-hover data-disabled:text-faint data-disabled:pointer-events-none';
