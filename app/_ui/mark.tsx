/** The wheel on the water. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden focusable={false} className="flex-none">
      <circle cx="12" cy="9.5" r="6" stroke="var(--text)" strokeWidth="2" />
      <path d="M12 5.800v7.400M8.300 9.500h7.400" stroke="var(--text)" strokeWidth="2" strokeLinecap="round" />
      <path d="M2 17.300c2.500 0 2.500 2 5 2s2.500-2 5-2 2.500 2 5 2 2.500-2 5-2" stroke="var(--accent)" strokeWidth="2.300" strokeLinecap="round" />
    </svg>
  );
}
