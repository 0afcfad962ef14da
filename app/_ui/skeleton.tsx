import { useTranslations } from 'next-intl';

const widths = [52, 80, 68, 74, 46, 60];

/** Grey bars in the final shape, seen only when the wait is longer than 100 ms. `label` says what is being opened. */
export function Skeleton({ lines = 3, label, className = 'p-5' }: { lines?: number; label?: string; className?: string }) {
  const t = useTranslations('common');
  return (
    <div role="status" aria-busy="true" aria-label={label ?? t('loading')} className={className}>
      <div className="bars flex flex-col gap-3.5 [animation:appear_120ms_100ms_both]">
        {Array.from({ length: lines }, (_, index) => <i key={index} className="block h-2.5 rounded-1 bg-pressed [animation:breathe_1.6s_ease-in-out_infinite]" style={{ width: `${widths[index % widths.length]}%` }} />)}
      </div>
      {label && <p className="mt-4 text-xs text-faint">{label}</p>}
    </div>
  );
}
