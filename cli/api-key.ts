import { z } from 'zod';
import { clientOf } from './client';
import { exitCodes, textOf, UsageError, type Command } from './command';

const roles = ['owner', 'admin', 'editor', 'operator', 'viewer'] as const;
const created = z.object({ id: z.string(), key: z.string() });
const listed = z.object({ items: z.array(z.object({ id: z.string(), name: z.string(), role: z.string(), prefix: z.string(), createdAt: z.string(), lastUsedAt: z.string().nullable() })), nextCursor: z.string().nullable() });

export const apiKey: Command = {
  summary: 'Makes, lists and revokes API keys of the workspace.',
  usage: ['api-key create <name> [--role role] [--json]', 'api-key list [--json]', 'api-key revoke <id>'],
  help: [`--role role   ${roles.join(', ')}; operator otherwise`, '--json        for programs', 'The key in MILLRACE_API_KEY must be an owner’s or admin’s.'],
  options: { role: { type: 'string' }, json: { type: 'boolean' } },
  run: async (io, [act, operand, extra], values) => {
    if (extra !== undefined) throw new UsageError(`"${extra}" is one too many. Names with blanks need quotes.`);
    const client = () => clientOf(io);
    if (act === 'list' && operand === undefined) {
      const { items } = await client().get('/api-keys?limit=200', listed);
      if (values['json']) io.out(JSON.stringify(items));
      else for (const key of items) io.out([key.id, `${key.prefix}…`, key.role.padEnd(8), (key.lastUsedAt ?? 'never used').padEnd(24), key.name].join('  '));
      return exitCodes.ok;
    }
    if (act === 'create' && operand !== undefined) {
      const role = roles.find((each) => each === (textOf(values, 'role') ?? 'operator'));
      if (role === undefined) throw new UsageError(`--role takes ${roles.join(', ')}, not "${textOf(values, 'role')}".`);
      const { id, key } = created.parse((await client().call('POST', '/api-keys', { name: operand, role })).body);
      io.out(values['json'] ? JSON.stringify({ id, key, role }) : key);
      if (!values['json']) io.err(`Key ${id} (${role}). It is shown this once.`);
      return exitCodes.ok;
    }
    if (act === 'revoke' && operand !== undefined) {
      await client().call('DELETE', `/api-keys/${encodeURIComponent(operand)}`);
      io.err(`Revoked ${operand}.`);
      return exitCodes.ok;
    }
    throw new UsageError('Say create <name>, list or revoke <id>.');
  },
};
