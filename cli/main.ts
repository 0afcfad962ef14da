import { parseArgs } from 'node:util';
import { apiKey } from './api-key';
import { CommandError, exitCodes, UsageError, type Command, type Io } from './command';
import { migrate } from './migrate';
import { run } from './run';
import { exportCommand, importCommand } from './transfer';
import { verify } from './verify';

const commands: Readonly<Record<string, Command>> = { run, export: exportCommand, import: importCommand, verify, migrate, 'api-key': apiKey };

const io: Io = { out: (text) => void process.stdout.write(`${text}\n`), err: (text) => void process.stderr.write(`${text}\n`), env: process.env, isTerminal: process.stderr.isTTY };
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0); // `millrace … | head` has read enough
  throw error;
});
process.exitCode = await main(process.argv.slice(2));

async function main([name, ...rest]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.out(overview());
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    io.err(`millrace: there is no command "${name}". Commands: ${Object.keys(commands).join(', ')}. Try millrace --help.`);
    return exitCodes.usage;
  }
  try {
    const { values, positionals } = parsed(command, rest);
    if (values['help'] === true) {
      io.out(helpOf(command));
      return exitCodes.ok;
    }
    return await command.run(io, positionals, values);
  } catch (error) {
    if (error instanceof UsageError) io.err(`millrace ${name}: ${error.message} Try millrace ${name} --help.`);
    else if (error instanceof CommandError) io.err(`millrace ${name}: ${error.message}`);
    else io.err(`millrace ${name}: this should not have happened: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}

function parsed(command: Command, args: string[]) {
  try {
    return parseArgs({ args, options: { ...command.options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message.split('. To specify')[0] : String(error)}.`, { cause: error });
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return [
    'Millrace from the command line.', '', 'Usage: millrace <command> …', '',
    ...Object.entries(commands).map(([name, command]) => `  ${name.padEnd(width)}  ${command.summary}`), '',
    '  MILLRACE_URL       address of the server, http://localhost:3000 otherwise', '  MILLRACE_API_KEY   key of the workspace', '', 'millrace <command> --help says more.',
  ].join('\n');
}

function helpOf(command: Command): string {
  return [command.summary, '', ...command.usage.map((line) => `  millrace ${line}`), '', ...command.help.map((line) => `  ${line}`)].join('\n');
}
