import { migrateDatabase } from '#db/migrate';
import { CommandError, exitCodes, UsageError, type Command } from './command';

export const migrate: Command = {
  summary: 'Brings the database in DATABASE_URL up to date. Needs no server.',
  usage: ['migrate'],
  help: ['DATABASE_URL   postgres://user:password@host:port/database'],
  options: {},
  run: async (io, operands) => {
    if (operands.length > 0) throw new UsageError(`migrate takes nothing, not "${operands[0]}".`);
    const url = io.env['DATABASE_URL'] ?? '';
    if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) throw new UsageError('DATABASE_URL must be set and start with postgres:// or postgresql://.');
    const { host, pathname } = new URL(url);
    try {
      await migrateDatabase(url);
    } catch (error) {
      const cause = error instanceof Error ? (error.cause ?? error) : error;
      throw new CommandError(`The database at ${host}${pathname} was not migrated: ${cause instanceof Error ? cause.message || cause.name : String(cause)}.`, { cause: error });
    }
    io.out(`The database at ${host}${pathname} is up to date.`);
    return exitCodes.ok;
  },
};
