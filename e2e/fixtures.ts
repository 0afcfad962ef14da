import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, request as requests, type APIRequestContext, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from '@playwright/test';

/**
 * People of the tests: the owner exists from the start (ADMIN_EMAIL), everybody else joins by an invitation as a real
 * person would. `open()` gives each a browser of their own.
 */
export type Role = 'owner' | 'admin' | 'editor' | 'operator' | 'viewer';
export type Person = {
  name: string;
  email: string;
  api: Api;
  /** A page in a browser context of this person's own, signed in. */
  open(path?: string, options?: OpenOptions): Promise<{ page: Page; context: BrowserContext }>;
};

/** `origin`: another address of the product, such as a cable that can be cut. */
type OpenOptions = { colorScheme?: 'light' | 'dark'; locale?: 'en' | 'fr'; origin?: string };

/** `/api/v1` with this person's session; `send` throws unless the status is the expected one. */
export type Api = {
  request: APIRequestContext;
  get<T = Record<string, unknown>>(path: string, status?: number): Promise<T>;
  send<T = Record<string, unknown>>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown, status?: number): Promise<T>;
  upload(path: string, mimeType: string): Promise<{ id: string; name: string }>;
};

const owner = { email: 'ana@example.com', password: 'a long password 1' };

function apiOf(request: APIRequestContext): Api {
  const call = async <T>(method: string, path: string, body: unknown, status: number | undefined): Promise<T> => {
    const answer = await request.fetch(`/api/v1${path}`, { method, ...(body === undefined ? {} : { data: body }) });
    const text = await answer.text();
    if (status === undefined ? !answer.ok() : answer.status() !== status) throw new Error(`${method} ${path} answered ${answer.status()}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T; // the caller names the documented shape
  };
  return {
    request,
    get: (path, status) => call('GET', path, undefined, status),
    send: (method, path, body, status) => call(method, path, body, status),
    upload: async (path, mimeType) => {
      const name = path.split(/[\\/]/).at(-1) ?? path;
      const answer = await request.post('/api/v1/files', { multipart: { file: { name, mimeType, buffer: readFileSync(path) } } });
      if (!answer.ok()) throw new Error(`upload of ${name} answered ${answer.status()}: ${await answer.text()}`);
      return answer.json();
    },
  };
}

async function signedIn(baseURL: string, path: '/sign-in/email' | '/sign-up/email', body: Record<string, string>): Promise<APIRequestContext> {
  const request = await requests.newContext({ baseURL, extraHTTPHeaders: { Origin: baseURL } });
  const answer = await request.post(`/api/auth${path}`, { data: body });
  if (!answer.ok()) throw new Error(`${path} answered ${answer.status()}: ${await answer.text()}`);
  return request;
}

async function personOf(browser: Browser, baseURL: string, opened: BrowserContext[], who: { name: string; email: string }, request: APIRequestContext): Promise<Person> {
  return {
    ...who, api: apiOf(request),
    open: async (path = '/', options = {}) => {
      const made = await openPage(browser, options.origin ?? baseURL, path, { storageState: await request.storageState(), colorScheme: options.colorScheme ?? 'light' }, options.locale);
      opened.push(made.context);
      return made;
    },
  };
}

/** A page in a browser context of its own. */
export async function openPage(browser: Browser, origin: string, path: string, options: BrowserContextOptions = {}, locale: 'en' | 'fr' = 'en'): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ baseURL: origin, viewport: { width: 1440, height: 900 }, ...options });
  await context.addCookies([{ name: 'locale', value: locale, url: origin }]);
  const page = await context.newPage();
  await page.goto(path);
  return { page, context };
}

type Fixtures = { ownerApi: Api; ana: Person; join: (name: string, role: Exclude<Role, 'owner'>) => Promise<Person>; opened: BrowserContext[]; origin: string };

let count = 0;

export const test = base.extend<Fixtures>({
  origin: async ({ baseURL }, use) => use(baseURL ?? ''),
  opened: async ({}, use) => {
    const opened: BrowserContext[] = [];
    await use(opened);
    await Promise.all(opened.map((each) => each.close()));
  },
  ana: async ({ browser, origin, opened }, use) => {
    const request = await signedIn(origin, '/sign-in/email', owner);
    await use(await personOf(browser, origin, opened, { name: 'Ana', email: owner.email }, request));
    await request.dispose();
  },
  ownerApi: async ({ ana }, use) => use(ana.api),
  join: async ({ browser, origin, opened, ana }, use) => {
    const requestsMade: APIRequestContext[] = [];
    await use(async (name, role) => {
      const { token } = await ana.api.send<{ token: string }>('POST', '/invitations', { role });
      count += 1;
      const email = `${name.toLowerCase()}-${Date.now()}-${count}@example.com`;
      const request = await signedIn(origin, '/sign-up/email', { name, email, password: 'a long password 2', invitationToken: token });
      requestsMade.push(request);
      return personOf(browser, origin, opened, { name, email }, request);
    });
    await Promise.all(requestsMade.map((each) => each.dispose()));
  },
});

export { expect };

/** A file of e2e/data. */
export function dataFile(name: string): string {
  return join(import.meta.dirname, 'data', name);
}
