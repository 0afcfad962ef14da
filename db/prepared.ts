import type postgres from 'postgres';

/**
 * drizzle sends every statement as a new one: PostgreSQL parses and plans it each time, and the driver asks for its types
 * in a round trip of its own. Here statements stay prepared on their connection, which is half of what they cost. Filters
 * and lists of any length make ever new ones, so long ones and those beyond a number go as before. So does what takes the
 * name of a field as a parameter: the indexes of a component's fields serve a plan only where the name is known.
 */
const longest = 6_000;
const most = 400;
const byField = /->>?\s*\$\d/;
const kept = new Set<string>();

function staysPrepared(statement: string): boolean {
  if (kept.has(statement)) return true;
  if (statement.length > longest || kept.size >= most || byField.test(statement)) return false;
  kept.add(statement);
  return true;
}

export function keepPrepared<S extends postgres.Sql | postgres.TransactionSql>(client: S): S {
  return new Proxy(client, {
    get(target, name) {
      if (name === 'unsafe') return (statement: string, parameters: never[], options: object) => target.unsafe(statement, parameters, { ...options, prepare: parameters.length > 0 && staysPrepared(statement) });
      const own: unknown = Reflect.get(target, name);
      if (typeof own !== 'function' || (name !== 'begin' && name !== 'savepoint')) return own;
      // Their last argument is what is done within, with a client of its own.
      return (...given: unknown[]) => own(...given.map((each) => (typeof each === 'function' ? (inner: postgres.TransactionSql) => each(keepPrepared(inner)) : each)));
    },
  });
}
