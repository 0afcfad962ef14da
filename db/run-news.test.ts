import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing';
import { newsOf } from './run-news';

/** The waits here are far longer than a test may take: only what was heard ends them. */
const never = 600_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
});

const tell = (payload: string) => database.sql`select pg_notify('run_events', ${payload})`;

describe('who waits for a run', () => {
  test('is woken by its hints and by no other run’s', async () => {
    const [one, other] = [await newsOf(database.sql, 'one'), await newsOf(database.sql, 'other')];
    await one.heard(never); // Whoever came while listening began looks once.
    const woken: string[] = [];
    const waits = [one.heard(never).then(() => woken.push('one')), other.heard(never).then(() => woken.push('other'))];
    await tell('third,one');
    await waits[0];
    expect(woken).toEqual(['one']);
    await tell('other');
    await Promise.all(waits);
    expect(woken).toEqual(['one', 'other']);
    one.close();
    other.close();
  });

  test('misses nothing that is told between two waits, and hears nothing more when it has closed', async () => {
    const [kept, closed, witness] = [await newsOf(database.sql, 'run'), await newsOf(database.sql, 'run'), await newsOf(database.sql, 'witness')];
    let isWoken = false;
    void closed.heard(never / 100).then(() => (isWoken = true));
    closed.close();
    await tell('run');
    await tell('witness');
    await witness.heard(never); // one connection carries both, in their order
    await kept.heard(never);
    expect(isWoken).toBe(false);
    kept.close();
    witness.close();
  });

  test('hears again after its connection was cut', async () => {
    const news = await newsOf(database.sql, 'run');
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`;
    await news.heard(never); // listening anew wakes everybody: something may have been missed
    const heard = news.heard(never);
    await tell('run');
    await heard;
    news.close();
  });
});
