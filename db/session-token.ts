import { createHash } from 'node:crypto';
import type { DBAdapter, DBTransactionAdapter, Where } from 'better-auth/types';

/**
 * better-auth looks sessions up by their plain token. This wraps its database adapter so that only the SHA-256 of a
 * token is ever stored: who reads the table cannot sign in with it.
 */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function hashedWhere<W extends Where[] | undefined>(model: string, where: W): W | Where[] {
  if (model !== 'session' || where === undefined) return where;
  return where.map((each) => (each.field === 'token' ? { ...each, value: hashedValue(each.value) } : each));
}

function hashedValue(value: Where['value']): Where['value'] {
  if (typeof value === 'string') return hashToken(value);
  if (Array.isArray(value)) return value.map((each) => hashToken(String(each)));
  return value;
}

function askedToken(where: Where[]): string | null {
  const asked = where.find((each) => each.field === 'token')?.value;
  return typeof asked === 'string' ? asked : null;
}

/** The row as better-auth expects it: with the token it asked by, so that its later look-ups hash the same text. */
function withToken<T>(row: T, token: string | null): T {
  return token !== null && row !== null && typeof row === 'object' && 'token' in row ? { ...row, token } : row;
}

function wrap(inner: DBTransactionAdapter): DBTransactionAdapter {
  return {
    ...inner,
    create: async <T extends Record<string, unknown>, R = T>(input: { model: string; data: Omit<T, 'id'>; select?: string[] | undefined; forceAllowId?: boolean | undefined }) => {
      const token: unknown = 'token' in input.data ? input.data['token'] : undefined;
      if (input.model !== 'session' || typeof token !== 'string') return inner.create<T, R>(input);
      const row = await inner.create<T, R>({ ...input, data: { ...input.data, token: hashToken(token) } });
      return withToken(row, token);
    },
    findOne: async <T>(input: Parameters<DBTransactionAdapter['findOne']>[0]) => {
      const row = await inner.findOne<T>({ ...input, where: hashedWhere(input.model, input.where) });
      return input.model === 'session' ? withToken(row, askedToken(input.where)) : row;
    },
    findMany: (input) => inner.findMany(input.where ? { ...input, where: hashedWhere(input.model, input.where) } : input),
    update: async <T>(input: Parameters<DBTransactionAdapter['update']>[0]) => {
      const row = await inner.update<T>({ ...input, where: hashedWhere(input.model, input.where) });
      return input.model === 'session' ? withToken(row, askedToken(input.where)) : row;
    },
    updateMany: (input) => inner.updateMany({ ...input, where: hashedWhere(input.model, input.where) }),
    delete: (input) => inner.delete({ ...input, where: hashedWhere(input.model, input.where) }),
    deleteMany: (input) => inner.deleteMany({ ...input, where: hashedWhere(input.model, input.where) }),
  };
}

export function hashSessionTokens(inner: DBAdapter): DBAdapter {
  return { ...inner, ...wrap(inner), transaction: (callback) => inner.transaction((transaction) => callback(wrap(transaction))) };
}
