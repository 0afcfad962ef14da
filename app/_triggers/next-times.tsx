'use client';
import { useFormatter, useLocale, useTranslations } from 'next-intl';
import { nextTimes, readCron } from '#flow/cron';
import { localeOf } from '../_run/duration';
import { useNow } from '../_run/use-now';
import { Icon } from '../_ui/icon';

/** What an expression means while it is typed: its next three times in its own zone, or what is wrong with it. */
export function NextTimes({ cron, timeZone }: { cron: string; timeZone: string }) {
  const t = useTranslations('triggers');
  const format = useFormatter();
  const locale = localeOf(useLocale());
  const now = new Date(useNow(true));
  const reading = readCron(cron, timeZone, now);
  if (!reading.ok) {
    return <p role="alert" className="flex items-start gap-[5px] text-xs text-danger"><span className="mt-0.5"><Icon name="triangle-alert" size={12} /></span><span>{cron.trim() === '' ? t('cronMissing') : reading.text[locale]}</span></p>;
  }
  return (
    <div className="rounded-2 border border-line bg-sunken px-3 py-2" aria-live="polite">
      <p className="text-2xs font-medium text-muted">{t('next', { zone: timeZone })}</p>
      <ol className="mt-1 grid gap-0.5">
        {nextTimes(reading, now, 3).map((at) => (
          <li key={at.toISOString()}><time dateTime={at.toISOString()} className="num text-sm">{format.dateTime(at, { timeZone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })}</time></li>
        ))}
      </ol>
    </div>
  );
}
