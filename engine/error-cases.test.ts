import { afterAll, describe, expect, test } from 'vitest';
import type { ErrorCode } from '#flow/error-code';
import { stepType, stepTypes } from '#flow/steps/index';
import { errorCases } from './error-cases/all';
import type { Lab } from './error-cases/error-case';
import { engineTest, type EngineTest } from './testing';

/** The list step × error code → test: generated from what the step types declare. */
let started: Promise<EngineTest> | null = null;
const lab: Lab = {
  engine: () => (started ??= begin()),
  run: async (steps, { kind, ...options } = {}) => {
    const engine = await lab.engine();
    const run = await engine.finished(await engine.run(await engine.insertFlow(steps, kind ? { kind } : {}), options));
    return run.error ? [run.error.code] : [];
  },
};

async function begin(): Promise<EngineTest> {
  const engine = await engineTest();
  await engine.start();
  return engine;
}

afterAll(async () => (await started)?.close());

describe('F41 each error a step declares is raised by a case', () => {
  test.each(errorCases.map((each) => ({ ...each, name: `${each.step} ${each.code}: ${each.when}` })))('$name', async ({ step, code, raised }) => {
    expect(stepType(step)?.errors, `${step} does not declare ${code}`).toContain(code);
    expect(await raised(lab)).toContain(code);
  });

  test.each(stepTypes)('$key has a case for each', (type) => {
    const proven = new Set<ErrorCode>(errorCases.filter((each) => each.step === type.key).map((each) => each.code));
    expect(type.errors.filter((code) => !proven.has(code)), 'declared, and no case in engine/error-cases raises it').toEqual([]);
  });
});
