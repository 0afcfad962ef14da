import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { median, quantile, report } from './harness';
import { startProduct } from './product';

/**
 * The editor of a flow of 2,000 steps in 40 stages in a real Chromium, without a graphics card: until it can be edited, frames while
 * the canvas is moved and while a card is dragged across it, and frames while a run of it changes the state of 500 steps a second.
 */
const rounds = process.env['BENCH_QUICK'] ? 1 : 5;
const [stages, perStage] = [40, 50];
const perSecond = 500;
const seconds = 4;
const product = await startProduct();
const { page, url } = product;
const flowId = await product.insertFlow('Large', stages, perStage);
const card = page.getByRole('group', { name: /^Step 1, / });
const figures = { openMs: [] as number[], pan: [] as number[][], drag: [] as number[][], live: [] as number[][] }; // typed, for they begin empty
try {
  await page.goto(`${url}/flows/${flowId}`);
  await card.waitFor({ timeout: 120_000 }); // once, so that the process has read what it reads once
  for (let round = 0; round < rounds; round++) {
    await page.goto('about:blank');
    const began = performance.now();
    await page.goto(`${url}/flows/${flowId}`);
    await card.waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    figures.openMs.push(performance.now() - began);
    await pause(1_000);
    figures.pan.push(await framesDuring(page, () => sweep({ x: 1_000, y: 860 }, { x: 300, y: 760 })));
    await page.goto(`${url}/flows/${flowId}`);
    await card.waitFor();
    await pause(1_000);
    const from = await card.boundingBox();
    if (!from) throw new Error('the first card is not to be seen');
    figures.drag.push(await framesDuring(page, () => sweep({ x: from.x + 60, y: from.y + 20 }, { x: from.x + 560, y: from.y + 300 })));
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+z'); // where it was dropped is another stage, and out of view
    await card.waitFor();
    await page.getByText('Saved', { exact: true }).waitFor();
    const runId = await product.insertRun(flowId);
    await page.goto(`${url}/flows/${flowId}?run=${runId}`);
    await card.waitFor();
    await pause(1_500);
    figures.live.push(await framesDuring(page, () => statusUpdates(runId)));
  }
  const fps = (frames: readonly number[]) => 1_000 / median(frames);
  const longest = (frames: readonly number[]) => Math.max(...frames);
  const figure = (name: string, values: readonly number[], unit: string) => ({ name: `canvas ${stages * perStage} steps: ${name}`, value: median(values), unit, rounds });
  report([
    figure('open until it can be edited', figures.openMs, 'ms'),
    figure('moving the canvas', figures.pan.map(fps), 'frames/s'),
    figure('dragging a card', figures.drag.map(fps), 'frames/s'),
    figure(`${perSecond} states a second, longest frame`, figures.live.map(longest), 'ms'),
    figure(`${perSecond} states a second, frames over 50 ms`, figures.live.map((frames) => (100 * frames.filter((each) => each > 50).length) / frames.length), '%'),
    figure(`${perSecond} states a second, frame p99`, figures.live.map((frames) => quantile(frames, 0.99)), 'ms'),
  ]);
} finally {
  await product.close();
}

/** There and back by hand, a move every frame or so, for about three seconds. */
async function sweep(from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  for (let turn = 0; turn < 3; turn++) {
    const [a, b] = turn % 2 === 0 ? [from, to] : [to, from];
    for (let part = 1; part <= 60; part++) await page.mouse.move(a.x + ((b.x - a.x) * part) / 60, a.y + ((b.y - a.y) * part) / 60);
  }
  await page.mouse.up();
}

/** A step begins, the next one ends, …: every event changes how a card looks. */
async function statusUpdates(runId: string): Promise<void> {
  const ticks = 20;
  let seq = 1;
  let step = 0;
  for (let tick = 0; tick < ticks * seconds; tick++) {
    const until = performance.now() + 1_000 / ticks;
    const events = Array.from({ length: perSecond / ticks }, () => {
      seq += 1;
      const begins = seq % 2 === 0;
      if (begins) step += 1;
      const stepId = `s${((step - 1) % (stages * perStage)) + 1}`;
      return { seq, type: begins ? 'step.started' : 'step.succeeded', stepId, data: begins ? { itemsIn: 1, many: false } : { itemsIn: 1, itemsOut: 1, many: false, warnings: 0, durationMs: 1 } };
    });
    await product.insertEvents(runId, events);
    await product.database.sql`select pg_notify('run_events', ${runId})`;
    await pause(Math.max(0, until - performance.now()));
  }
}

/** Milliseconds between the frames the page drew meanwhile. */
async function framesDuring(watched: Page, work: () => Promise<void>): Promise<number[]> {
  // As text: the loader names functions by a helper that the page does not have.
  await watched.evaluate(`{
    const frames = globalThis.framesDrawn = [];
    const tick = (at) => { frames.push(at); if (globalThis.framesDrawn === frames) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
  }`);
  await work();
  return watched.evaluate(() => {
    const frames = Reflect.get(globalThis, 'framesDrawn') as number[]; // made above
    Reflect.set(globalThis, 'framesDrawn', null);
    return frames.slice(1).map((at, place) => at - (frames[place] ?? at));
  });
}
