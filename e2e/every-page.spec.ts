import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test, type Api } from './fixtures';
import { componentWith, dataflow, publishedFlow, weatherCsv, weatherSteps } from './flows';

/** Every page of the product with something on it, for checks that hold everywhere. */
async function everyPage(api: Api): Promise<string[]> {
  const component = await componentWith(api, 'Qqq', [
    { name: 'qq', title: 'Qq', type: 'string', required: true, query: true }, { name: 'amount', title: 'Qqn', type: 'number' },
    { name: 'day', title: 'Qqd', type: 'date' }, { name: 'done', title: 'Qqb', type: 'boolean' },
  ]);
  await api.send('POST', `/components/${component}/entries`, { data: { qq: 'Zzz', amount: 3.5, day: '2026-01-31', done: true } });
  const flow = await publishedFlow(api, component, 'dataflow', dataflow('Qqf', weatherSteps.map((each) => ({ ...each, name: `Qq ${each.id}` })), 'Qqs'));
  await api.send('POST', `/flows/${flow}/comments`, { anchor: { stepId: 'stp_read' }, text: 'Zzz?' }, 201);
  await api.send('POST', `/flows/${flow}/checkpoints`, { name: 'Zzc' }, 201);
  const file = await api.upload(weatherCsv, 'text/csv');
  await api.send('POST', '/exports', { kind: 'entries', componentId: component }, 202);
  const { runId } = await api.send<{ runId: string }>('POST', `/flows/${flow}/runs`, { input: { file: { id: file.id } }, waitSeconds: 30 });
  return [
    '/', '/inbox', '/exports', '/runs', `/runs/${runId}`, `/components/${component}`, `/components/${component}?tab=model`, `/components/${component}?tab=flows`, `/components/${component}?tab=settings`,
    `/flows/${flow}`, `/flows/${flow}/history`, '/people', '/integrations', '/account', '/settings', '/api-reference', '/steps', '/steps/dataflow/group-by', '/steps/workflow/update-model', '/steps/workflow/get-user-confirmation',
  ];
}

async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('load');
  await expect(page.getByRole('heading').first()).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious on any page, ${colorScheme}`, async ({ ana }) => {
    test.setTimeout(240_000);
    const { page } = await ana.open('/', { colorScheme });
    const found: string[] = [];
    for (const path of await everyPage(ana.api)) {
      await page.goto(path);
      await settled(page);
      const { violations } = await new AxeBuilder({ page }).analyze();
      for (const each of violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')) {
        found.push(`${path}: ${each.id} (${each.nodes.length}) ${each.nodes[0]?.html.slice(0, 160) ?? ''}`);
      }
    }
    expect(found).toEqual([]);
  });
}

test('French shows no English string on any page', async ({ ana }) => {
  test.setTimeout(180_000);
  const { items } = await ana.api.get<{ items: { title: { en: string; fr: string }; summary: { en: string; fr: string } }[] }>('/steps');
  const pairs = [...messages(), ...items.flatMap((each) => [each.title, each.summary])];
  const french = new Set(pairs.map((each) => each.fr));
  // What people named stays as they named it.
  const lists = await Promise.all(['/components?limit=200', '/flows?limit=200'].map((path) => ana.api.get<{ items: { title?: string; name?: string }[] }>(path)));
  const named = new Set(lists.flatMap(({ items: each }) => each.map((one) => one.title ?? one.name)));
  const english = new Set(pairs.filter((each) => each.en !== each.fr && !french.has(each.en) && !/[{<]/.test(each.en)).map((each) => each.en));
  expect(english.size).toBeGreaterThan(200);
  const { page } = await ana.open('/', { locale: 'fr' });
  const found: string[] = [];
  for (const path of await everyPage(ana.api)) {
    await page.goto(path);
    await settled(page);
    await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
    for (const word of await wordsOn(page)) if (english.has(word) && !named.has(word)) found.push(`${path}: ${word}`);
  }
  expect(found).toEqual([]);
});

function messages(): { en: string; fr: string }[] {
  const read = (locale: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '..', 'app', 'messages', `${locale}.json`), 'utf8'));
  const fr = new Map(flat(read('fr')));
  return flat(read('en')).map(([key, en]) => ({ en, fr: fr.get(key) ?? '' }));
}

function flat(tree: unknown, prefix = ''): [string, string][] {
  if (typeof tree === 'string') return [[prefix, tree]];
  return Object.entries(Object(tree)).flatMap(([key, branch]) => flat(branch, `${prefix}.${key}`));
}

/** Text nodes, and what screen readers and tooltips say. */
async function wordsOn(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const words: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement?.closest('script, style, code, [lang="en"], [translate="no"], .react-flow__attribution') === null) words.push(node.textContent?.trim() ?? '');
    }
    for (const each of document.querySelectorAll('[aria-label], [title], [placeholder]')) {
      for (const name of ['aria-label', 'title', 'placeholder']) words.push(each.getAttribute(name) ?? '');
    }
    return words.filter((word) => word.length > 2);
  });
}
