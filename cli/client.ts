import { z } from 'zod';
import { CommandError, UsageError, type Io } from './command';

/** `/api/v1` with an API key. Whatever is refused is one line with its code. */
export type Client = { url: string; apiKey: string; call(method: string, path: string, body?: unknown): Promise<Reply>; get<S extends z.ZodType>(path: string, shape: S): Promise<z.output<S>> };
export type Reply = { status: number; body: unknown };

const refusal = z.object({ error: z.object({ code: z.string(), message: z.string(), details: z.unknown().optional() }) });
const detail = z.looseObject({ message: z.string(), path: z.string().optional(), stepId: z.string().optional() });

export function clientOf({ env }: Io): Client {
  const url = (env['MILLRACE_URL'] || 'http://localhost:3000').replace(/\/+$/, '');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError(`MILLRACE_URL must be an http or https address (it is "${url}").`);
  const apiKey = env['MILLRACE_API_KEY'] ?? '';
  if (apiKey === '') throw new UsageError('MILLRACE_API_KEY is missing. Make a key under People in the product, and set it.');
  const call = async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method, headers: { authorization: `Bearer ${apiKey}`, 'accept-language': 'en', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new CommandError(`${url} cannot be reached: ${reasonOf(error)}. Is it running, and is MILLRACE_URL right?`, { cause: error });
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return { status: response.status, body: answer };
    const refused = refusal.safeParse(answer);
    if (!refused.success) throw new CommandError(`${notOurs(`${method} ${url}/api/v1${path}`)} (${response.status})`);
    throw new CommandError(linesOf(refused.data.error));
  };
  const get = async <S extends z.ZodType>(path: string, shape: S): Promise<z.output<S>> => {
    const parsed = shape.safeParse((await call('GET', path)).body);
    if (!parsed.success) throw new CommandError(notOurs(`GET ${url}/api/v1${path}`));
    return parsed.data;
  };
  return { url, apiKey, call, get };
}

const notOurs = (what: string) => `${what} was not answered as Millrace does. Is MILLRACE_URL right?`;

function linesOf({ code, message, details }: z.output<typeof refusal>['error']): string {
  const each = z.array(detail).safeParse(details);
  const more = each.success ? each.data.slice(0, 20).map((one) => `\n  ${[one.stepId ?? one.path, one.message].filter(Boolean).join(': ')}`) : [];
  return `${code}: ${message}${more.length > 1 || (more.length === 1 && !message.includes(each.data?.[0]?.message ?? '')) ? more.join('') : ''}`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  return cause instanceof Error ? ('code' in cause ? String(cause.code) : cause.message) : String(cause);
}

const named = z.object({ items: z.array(z.looseObject({ id: z.string(), name: z.string().optional(), title: z.string().optional() })), nextCursor: z.string().nullable() });

/** A flow or component by its id, or by its name when only one has it. */
export async function findNamed(client: Client, kind: 'flow' | 'component', wanted: string): Promise<string> {
  const found: { id: string; name: string }[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: z.output<typeof named> = await client.get(`/${kind}s?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, named);
    found.push(...page.items.map((each) => ({ id: each.id, name: each.name ?? each.title ?? '' })));
    cursor = page.nextCursor;
  }
  const same = found.filter((each) => each.id === wanted);
  const exact = same.length > 0 ? same : found.filter((each) => each.name === wanted);
  const [one, ...others] = exact.length > 0 ? exact : found.filter((each) => each.name.toLowerCase() === wanted.toLowerCase());
  if (!one) throw new CommandError(`There is no ${kind} "${wanted}" that this key can see.`);
  if (others.length > 0) throw new UsageError(`${others.length + 1} ${kind}s are called "${wanted}": name one by id (${[one, ...others].map((each) => each.id).join(', ')}).`);
  return one.id;
}
