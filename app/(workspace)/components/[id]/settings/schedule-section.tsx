'use client';
import { useTranslations } from 'next-intl';
import { ScheduleForm, type ScheduleFormProps } from '../../../../_triggers/schedule-form';

export function ScheduleSection(props: ScheduleFormProps) {
  const t = useTranslations('triggers');
  return (
    <section className="max-w-140 px-5 pb-6" aria-labelledby="component-schedule">
      <div className="border-t border-line pt-4 pb-3">
        <h2 id="component-schedule" className="text-md font-strong">{t('schedule')}</h2>
        <p className="text-xs text-muted">{t('scheduleWhy')}</p>
      </div>
      <ScheduleForm {...props} />
    </section>
  );
}
