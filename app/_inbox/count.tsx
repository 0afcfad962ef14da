/** How many are new, on the accent. */
export function Count({ count, label }: { count: number; label: string }) {
  return <span className="num inline-flex h-4 min-w-4 items-center justify-center rounded-round bg-accent px-1 text-2xs leading-none font-strong text-on-accent"><span aria-hidden>{count > 99 ? '99+' : count}</span><span className="sr-only">{label}</span></span>;
}
