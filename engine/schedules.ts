import type { Database } from '#db/client';
import { settleTicks } from '#db/schedule-news';
import { fireNextSchedule, type Fired } from '#db/schedule-ticks';

const mostAtOnce = 100;

/** Fires what is due, and tells of scheduled runs that failed. Any number of workers may do so at once: each tick is one worker's, see `fireNextSchedule`. */
export async function fireSchedules(database: Database, clock: Date | null = null): Promise<Fired[]> {
  const fired: Fired[] = [];
  for (let next = await fireNextSchedule(database, clock); next !== null; next = fired.length < mostAtOnce ? await fireNextSchedule(database, clock) : null) fired.push(next);
  await settleTicks(database);
  return fired;
}
