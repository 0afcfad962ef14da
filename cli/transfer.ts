import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { clientOf, findNamed } from './client';
import { CommandError, exitCodes, onlyOperand, textOf, UsageError, type Command, type Io } from './command';
import { readJson } from './run';

const flowShape = z.looseObject({ definition: z.looseObject({}) });

export const exportCommand: Command = {
  summary: 'Writes the definition of a flow’s draft, or of a version, as JSON.',
  usage: ['export <flow> [--out file.json] [--version number]'],
  help: ['<flow>             id or name', '--version number   a published version instead of the draft', '--out, -o file     otherwise standard output'],
  options: { out: { type: 'string', short: 'o' }, version: { type: 'string' } },
  run: async (io, operands, values) => {
    const version = textOf(values, 'version');
    if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) throw new UsageError(`--version takes the number of a version, not "${version}".`);
    const wanted = onlyOperand(operands, 'flow');
    const client = clientOf(io);
    const id = encodeURIComponent(await findNamed(client, 'flow', wanted));
    const { definition } = await client.get(version === undefined ? `/flows/${id}` : `/flows/${id}/versions/${version}`, flowShape);
    return write(io, definition, textOf(values, 'out'));
  },
};

function write(io: Io, document: unknown, file: string | undefined): number {
  const text = JSON.stringify(document, null, 2);
  if (file === undefined) io.out(text);
  else {
    try {
      writeFileSync(file, `${text}\n`);
    } catch (error) {
      throw new CommandError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}.`, { cause: error });
    }
    io.err(`Wrote ${file}.`);
  }
  return exitCodes.ok;
}

const definitionShape = z.looseObject({ schema: z.literal(1), kind: z.enum(['dataflow', 'workflow']), name: z.string() });
const made = z.looseObject({ id: z.string() });

export const importCommand: Command = {
  summary: 'Makes a flow from a definition, or replaces the draft of one.',
  usage: ['import <file.json> --component <component> [--name text]', 'import <file.json> --flow <flow>'],
  help: ['<file.json>        what export wrote; "-" reads standard input', '--component c      where the new flow goes, id or title', '--flow f           replaces the draft of this flow; people who edit it see it at once', '--name text        another name for the new flow'],
  options: { component: { type: 'string' }, flow: { type: 'string' }, name: { type: 'string' } },
  run: async (io, operands, values) => {
    const document = readJson(onlyOperand(operands, 'file'));
    const definition = definitionShape.safeParse(document);
    if (!definition.success) throw new UsageError('The file holds no flow definition: it wants "schema", "kind" and "name", as export writes them.');
    const [component, flow] = [textOf(values, 'component'), textOf(values, 'flow')];
    if ((component === undefined) === (flow === undefined)) throw new UsageError('Say --component for a new flow, or --flow to replace one.');
    const client = clientOf(io);
    if (flow !== undefined) {
      const id = await findNamed(client, 'flow', flow);
      await client.call('PUT', `/flows/${encodeURIComponent(id)}/definition`, document);
      io.out(id);
      return exitCodes.ok;
    }
    const componentId = await findNamed(client, 'component', component ?? '');
    const { id } = made.parse((await client.call('POST', '/flows', { componentId, kind: definition.data.kind, name: textOf(values, 'name') ?? definition.data.name, definition: document })).body);
    io.out(id);
    return exitCodes.ok;
  },
};
