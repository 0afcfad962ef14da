import type { ScheduleView } from '#db/schedules';
import type { Locale } from '#flow/text';
import { errorBody } from './_reply';

/** A schedule whose refused ticks say why in the caller's language. */
export function scheduleReply(schedule: ScheduleView, locale: Locale) {
  return { ...schedule, ticks: schedule.ticks.map((tick) => ({ ...tick, failure: tick.failure && errorBody(tick.failure, locale) })) };
}
