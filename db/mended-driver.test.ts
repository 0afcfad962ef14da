import { connect as connectTo, type Socket } from 'node:net';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './testing';

/** What scripts/mend-driver.mjs puts right: without it the statements after the cut wait for ever, or the process ends. */
let database: TestDatabase;
beforeAll(async () => (database = await createTestDatabase()));
afterAll(() => database.drop());

/** A client whose socket a test can close at the very moment it chooses. */
function client() {
  const { hostname, port } = new URL(database.url);
  const sockets: Socket[] = [];
  const options = { max: 1, connect_timeout: 3, backoff: () => 0.05, onnotice: () => {} };
  const socket = () => new Promise<Socket>((resolve) => {
    const made = connectTo(Number(port), hostname, () => resolve(made));
    made.on('error', () => {});
    sockets.push(made);
  });
  const sql = postgres(database.url, { ...options, socket } as typeof options); // an option that the driver's types leave out
  const cut = () => {
    const last = sockets.at(-1);
    last?.emit('close', false);
    last?.destroy();
  };
  /** As a reset does: the error first, the end a few turns of the loop later. */
  const fail = async () => {
    const last = sockets.at(-1);
    last?.emit('error', new Error('read ECONNRESET'));
    await new Promise(setImmediate);
    last?.emit('close', true);
    last?.destroy();
  };
  return { sql, cut, fail, heard: () => new Promise((resolve) => sockets.at(-1)?.once('data', resolve)) };
}

test('a connection that is cut while a statement waits to be written is made anew, and what follows is answered', async () => {
  const { sql, cut } = client();
  for (let times = 0; times < 3; times++) {
    expect(await sql`select ${times}::int as n`).toEqual([{ n: times }]);
    const waiting = sql`select ${times}::int as n`.execute();
    for (let turns = 0; turns < 3; turns++) await Promise.resolve(); // given to the connection, which writes at the end of this turn of the loop
    cut();
    await expect(waiting).rejects.toThrow('CONNECTION_CLOSED');
  }
  expect(await sql`select 'after'::text as word`).toEqual([{ word: 'after' }]);
  await sql.end({ timeout: 1 });
});

test('a connection that is cut in the middle of an answer begins the next answer at its first row', async () => {
  const { sql, cut, heard } = client();
  await sql`select 1`;
  const long = sql`select n from generate_series(1, 300000) n`.execute();
  await heard();
  cut();
  await expect(long).rejects.toThrow('CONNECTION_CLOSED');
  expect([...await sql`select 'after'::text as word`]).toEqual([{ word: 'after' }]);
  await sql.end({ timeout: 1 });
});

test('what is asked between the error of a socket and its end is refused, and what follows gets its own answer', async () => {
  const { sql, fail } = client();
  expect(await sql`select 'before' as word`).toEqual([{ word: 'before' }]);
  const first = sql`select 'first' as word, pg_sleep(10)`.execute();
  const second = first.catch(() => sql`select 'second' as word`); // asked at once, as who writes one batch after another does
  await new Promise((resolve) => setTimeout(resolve, 50)); // the first is under way: nothing tells when a statement has left
  await fail();
  await expect(first).rejects.toThrow('ECONNRESET');
  await expect(second).rejects.toThrow('CONNECTION_CLOSED');
  expect(await Promise.all(['third', 'fourth'].map((word) => sql`select ${word}::text as word`))).toEqual([[{ word: 'third' }], [{ word: 'fourth' }]]);
  await sql.end({ timeout: 1 });
});

test('a transaction whose connection is lost while it waits for something else is refused: nothing of it is done outside of it, and the next goes through', async () => {
  const { sql, cut } = client();
  await sql`create table kept (n int)`;
  const told: string[] = [];
  const lost = sql.begin(async (tx) => {
    await tx`insert into kept values (1)`;
    cut();
    await database.sql`select pg_sleep(0.3)`; // long enough to be connected again
    await tx`insert into kept values (2)`.catch((error: unknown) => told.push(String(error)));
    await tx`insert into kept values (3)`;
  });
  const meanwhile = sql`insert into kept values (4)`;
  await expect(lost).rejects.toThrow('CONNECTION_CLOSED');
  await meanwhile;
  await sql.begin((tx) => tx`insert into kept values (5)`);
  await expect.poll(() => told).toEqual([expect.stringContaining('CONNECTION_CLOSED')]);
  expect((await sql<{ n: number }[]>`select n from kept order by n`).map((row) => row.n)).toEqual([4, 5]);
  await sql.end({ timeout: 1 });
});
