import type { RunEvent } from '#flow/run-event';
import type { Locale } from '#flow/text';
import { formatCount, formatDuration } from './duration';

/** How one event reads in a list: a shape, a message of the namespace `run` and its values. null is a plain dot. */
export type EventMark = 'queued' | 'running' | 'waiting' | 'retrying' | 'warning' | 'succeeded' | 'failed' | 'skipped' | 'cancelled' | null;
export type EventWords = { mark: EventMark; key: string; values: Record<string, string | number> };

const words = (mark: EventMark, key: string, values: Record<string, string | number> = {}): EventWords => ({ mark, key: `event.${key}`, values });

export function describeEvent(event: RunEvent, locale: Locale): EventWords {
  const count = (value: number) => formatCount(value, locale);
  switch (event.type) {
    case 'run.requested':
      return words('queued', 'requested', { name: event.data.startedBy.name, trigger: event.data.trigger });
    case 'run.started':
      return words('running', 'started');
    case 'lease.taken':
      return words(null, 'lease', { worker: event.data.worker });
    case 'step.started':
      return words('running', 'stepStarted', { count: event.data.itemsIn, shown: count(event.data.itemsIn) });
    case 'step.progress':
      return event.data.total === undefined
        ? words('running', 'progress', { done: count(event.data.done) })
        : words('running', 'progressOf', { done: count(event.data.done), total: count(event.data.total) });
    case 'step.logged':
      return words(event.data.level === 'info' ? null : event.data.level === 'warning' ? 'warning' : 'failed', 'logged', { message: event.data.text?.[locale] ?? event.data.message });
    case 'step.succeeded':
      return words(event.data.warnings > 0 ? 'warning' : 'succeeded', event.data.responded ? 'stepAnswered' : 'stepSucceeded', {
        in: count(event.data.itemsIn), out: count(event.data.itemsOut), took: formatDuration(event.data.durationMs, locale),
      });
    case 'step.failed':
      return words('failed', 'stepFailed', { code: event.data.error.code, message: event.data.error.text[locale] });
    case 'step.retry_scheduled':
      return words('retrying', 'retry', { attempt: event.data.attempt, of: event.data.of, wait: formatDuration(Date.parse(event.data.at) - Date.parse(event.at), locale) });
    case 'step.skipped':
      return words('skipped', 'skipped', { reason: event.data.text?.[locale] ?? event.data.reason });
    case 'step.waiting':
      return words('waiting', 'stepWaiting', { reason: event.data.text?.[locale] ?? event.data.reason });
    case 'wait.opened': {
      const names = event.data.assignees?.map((each) => each.name).join(', ') ?? '';
      return names ? words('waiting', 'waitFor', { names }) : words('waiting', 'waitOpened', { kind: event.data.kind });
    }
    case 'wait.resolved':
      return event.data.by ? words('succeeded', 'waitAnswered', { name: event.data.by.name, answer: answerText(event.data.answer) }) : words('succeeded', 'waitResolved');
    case 'timer.set':
      return words('waiting', 'timerSet', { wait: formatDuration(Date.parse(event.data.at) - Date.parse(event.at), locale) });
    case 'timer.fired':
      return words(null, 'timerFired');
    case 'effect.recorded':
      return effectWords(event.data.kind, event.data.count);
    case 'cancel.requested':
      return words('cancelled', 'cancelRequested', { name: event.data.by.name });
    case 'run.paused':
      return words('waiting', 'paused', { name: event.data.by.name });
    case 'run.unpaused':
      return words('running', 'unpaused', { name: event.data.by.name });
    case 'run.resumed':
      return words('running', 'resumed', { name: event.data.by.name });
    case 'run.reset':
      return words('cancelled', 'reset', { name: event.data.by.name });
    case 'run.cancelled':
      return words('cancelled', 'cancelled');
    case 'run.failed':
      return words('failed', 'failed', { code: event.data.error.code });
    case 'run.quarantined':
      return words('failed', 'quarantined', { reason: event.data.reason });
    case 'run.succeeded':
      return event.data.warnings > 0 ? words('warning', 'succeededWarnings', { count: event.data.warnings }) : words('succeeded', 'succeeded');
    case 'note.added':
      return words(null, 'note', { name: event.data.by.name, text: event.data.text });
  }
}

function answerText(answer: unknown): string {
  if (answer === undefined || answer === null) return '';
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}

/** "3 entries changed" for so many effects of a kind. */
export const effectWords = (kind: string, count: number): EventWords => words(null, 'effect', { kind: kind.replaceAll('.', '_'), count });
