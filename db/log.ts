/**
 * What a process says. Lines of JSON for machines (`MILLRACE_LOG=json`, or when nobody looks at a terminal), else text.
 * Facts name the run and step; no values of people's data go in here.
 */
export type LogFacts = { runId?: string | undefined; stepId?: string | undefined; [fact: string]: string | number | boolean | null | undefined };
type Level = 'info' | 'warning' | 'error';

let part = 'millrace';
let isJson = false;

/** From here on also what others say through `console` is a line of the chosen form. */
export function logAs(name: string, format: string | undefined = process.env['MILLRACE_LOG']): void {
  part = name;
  isJson = format === 'json' || (format !== 'text' && process.stdout.isTTY !== true);
  if (!isJson) return;
  const say = (level: Level) => (...given: unknown[]) => write(level, given.map(shown).join(' '), {});
  console.log = say('info');
  console.info = say('info');
  console.warn = say('warning');
  console.error = say('error');
}

export function log(level: Level, message: string, facts: LogFacts = {}): void {
  if (isJson) return write(level, message, facts);
  const told = Object.entries(facts).filter(([, value]) => value !== undefined).map(([name, value]) => ` ${name}=${value}`).join('');
  (level === 'error' ? console.error : console.log)(`${part}: ${message}${told}`);
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}

function write(level: Level, message: string, facts: LogFacts): void {
  const line = `${JSON.stringify({ at: new Date().toISOString(), level, part, pid: process.pid, message: message.replace(/^(engine|millrace): /, ''), ...facts })}\n`;
  (level === 'error' ? process.stderr : process.stdout).write(line);
}

function shown(given: unknown): string {
  if (typeof given === 'string') return given;
  if (given instanceof Error) return given.stack ?? given.message;
  try {
    return JSON.stringify(given) ?? String(given);
  } catch {
    return String(given);
  }
}
