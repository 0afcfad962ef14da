import { Cron } from 'croner';
import { z } from 'zod';
import { text, type Text } from './text';

/**
 * Five-field cron expressions in an IANA time zone, the same for the engine that fires and the form that shows what will come.
 * When clocks go forward a time that does not exist fires when it would have been; when they go back a fixed time fires once.
 */
export const overlapRules = ['skip', 'queue'] as const;
export type OverlapRule = (typeof overlapRules)[number];

export const cronText = z.string().trim().min(1).max(100);
export const timeZoneText = z.string().trim().min(1).max(64);

export type CronReading = { ok: true; next(after: Date): Date | null } | { ok: false; text: Text };

/** Reads an expression; one that will never fire after `now` is refused as well. */
export function readCron(expression: string, timeZone: string, now: Date): CronReading {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) {
    return refused(
      `"${expression}" has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}. Write five: minute, hour, day of month, month, day of week, such as 0 7 * * 1-5.`,
      `« ${expression} » a ${fields.length} ${fields.length === 1 ? 'champ' : 'champs'}. Écrivez-en cinq : minute, heure, jour du mois, mois, jour de la semaine, par exemple 0 7 * * 1-5.`);
  }
  // "?" would stand for the moment the process started: two workers would disagree.
  const odd = fields.find((each) => !/^[\dA-Za-z*/,#-]+$/.test(each));
  if (odd !== undefined) return refused(`"${odd}" is not a field of a cron expression. Use numbers, names such as MON or JAN, and * , - / # L W.`, `« ${odd} » n’est pas un champ d’expression cron. Utilisez des nombres, des noms comme MON ou JAN, et * , - / # L W.`);
  if (!isTimeZone(timeZone)) return refused(`"${timeZone}" is not a time zone. Use a name such as Europe/Paris or UTC.`, `« ${timeZone} » n’est pas un fuseau horaire. Utilisez un nom comme Europe/Paris ou UTC.`);
  try {
    const cron = new Cron(fields.join(' '), { timezone: timeZone, mode: '5-part', paused: true });
    if (cron.nextRun(now) === null) {
      return refused(`"${expression}" never fires: there is no such day. Check day of month and month.`, `« ${expression} » ne se déclenche jamais : un tel jour n’existe pas. Vérifiez le jour du mois et le mois.`);
    }
    return { ok: true, next: (after) => cron.nextRun(after) };
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^Cron\w+: /, '');
    return refused(`"${expression}" is not a cron expression: ${reason}`, `« ${expression} » n’est pas une expression cron : ${reason}`);
  }
}

/** The next `count` times after `after`, fewer where the expression ends. */
export function nextTimes(reading: CronReading & { ok: true }, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let at = reading.next(after); at !== null && times.length < count; at = reading.next(at)) times.push(at);
  return times;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function refused(en: string, fr: string): CronReading {
  return { ok: false, text: text(en, fr) };
}
