import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Api } from './fixtures';
import { componentWith, dataflow, fresh, longSteps, publishedFlow, weatherCsv, type Run, type Step } from './flows';

/** The command line against the running product, as a program's owner uses it. */
type Told = { code: number | null; out: string; err: string };
const folder = mkdtempSync(join(tmpdir(), 'millrace-cli-'));

async function keyOf(api: Api, role: string): Promise<string> {
  return (await api.send<{ key: string }>('POST', '/api-keys', { name: `Build server ${role}`, role }, 201)).key;
}

function cli(origin: string, key: string) {
  return async (args: string[], onLine: (line: string) => void = () => {}): Promise<Told> => {
    const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'cli', 'millrace.mjs'), ...args], { env: { ...process.env, MILLRACE_URL: origin, MILLRACE_API_KEY: key }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString();
      onLine(part.toString());
    });
    const [code]: (number | null)[] = await once(child, 'close');
    return { code: code ?? null, out: out.trim(), err: err.trim() };
  };
}

const echo: Step[] = [
  { id: 'stp_given', type: 'get-raw-model', name: 'Given', params: { model: '{"n":1}' } },
  { id: 'stp_double', type: 'transform-model', name: 'Double', sources: { source: 'stp_given' }, params: { fieldsMapping: [{ target: 'double@number', value: { expr: '100.0 / item.n' } }] } },
  { id: 'stp_answer', type: 'write-response', name: 'Answer', sources: { source: 'stp_double' } },
];

function inputFile(name: string, value: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(value));
  return file;
}

test('Programs run a flow by name and follow it step by step; the exit code tells the outcome', async ({ ana, origin }) => {
  test.setTimeout(300_000);
  const millrace = cli(origin, await keyOf(ana.api, 'editor'));
  const name = fresh('Hundred over n');
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Command line'), 'dataflow', dataflow(name, echo));
  const good = await millrace(['run', name, '--input', inputFile('four.json', { n: 4 }), '--watch']);
  expect(good).toMatchObject({ code: 0 });
  expect(JSON.parse(good.out)).toEqual({ double: 25 });
  const lines = good.err.split('\n');
  expect(lines[0]).toMatch(new RegExp(`${name}\\s+version 1, api`));
  for (const step of ['Given', 'Double', 'Answer']) expect(lines.filter((line) => line.startsWith(`✓ ${step}`)), good.err).toHaveLength(1);
  expect(lines.at(-1)).toBe('✓ Succeeded');

  const bad = await millrace(['run', flowId, '--input', inputFile('zero.json', { n: 'x' }), '--watch']);
  expect(bad.code).toBe(1);
  expect([bad.out, bad.err]).toEqual(['', expect.stringMatching(/✗ Double/)]);
  const waited = await millrace(['run', flowId, '--input', inputFile('five.json', { n: 5 }), '--wait', '30', '--json', '--version', 'draft']);
  expect(waited.code).toBe(0);
  expect(JSON.parse(waited.out)).toMatchObject({ status: 'succeeded', output: { double: 20 }, error: null });
  const started = await millrace(['run', flowId, '--key', name, '--input', inputFile('two.json', { n: 2 })]);
  const again = await millrace(['run', flowId, '--key', name, '--input', inputFile('two.json', { n: 2 })]);
  expect([started.code, again.out]).toEqual([0, started.out]);
  expect(await millrace(['run', flowId, '--version', '7'])).toMatchObject({ code: 1, err: expect.stringContaining('VERSION_NOT_FOUND') });
  expect(await millrace(['run', 'No such flow'])).toMatchObject({ code: 1, err: expect.stringContaining('There is no flow "No such flow"') });
  expect((await millrace(['verify', started.out])).out).toBe(`Run ${started.out} is whole.`);
  const all = await millrace(['verify', '--all']);
  expect([all.code, all.out]).toEqual([0, expect.stringMatching(/^\d+ runs checked, 0 altered\.$/)]);
});

test('A run that is cancelled while it is watched ends with its own exit code', async ({ ana, origin }) => {
  test.setTimeout(300_000);
  const millrace = cli(origin, await keyOf(ana.api, 'operator'));
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, 'Long'), 'dataflow', dataflow('Long one', longSteps(40).map((each) => (each.id === 'stp_rank_0' ? { ...each, sources: { source: 'stp_read' } } : each))));
  const file = await ana.api.upload(weatherCsv, 'text/csv');
  let asked = false;
  const told = await millrace(['run', flowId, '--input', inputFile('file.json', { file: { id: file.id } }), '--watch'], (line) => {
    if (asked || !line.includes('Rank 1')) return;
    asked = true;
    void ana.api.get<{ items: Run[] }>(`/runs?flowId=${flowId}`).then(({ items }) => ana.api.send('POST', `/runs/${items[0]?.id}/cancel`, undefined, 202));
  });
  expect([told.code, told.err.split('\n').some((line) => line.startsWith('✗ Cancelled'))]).toEqual([3, true]);
});

test('Flows go out to files and come back the same; keys are made and revoked', async ({ ana, origin }) => {
  test.setTimeout(300_000);
  const owner = await keyOf(ana.api, 'owner');
  const millrace = cli(origin, owner);
  const componentId = await componentWith(ana.api, 'Files');
  const name = fresh('Goes out');
  await publishedFlow(ana.api, componentId, 'dataflow', dataflow(name, echo));
  const file = join(folder, 'flow.json');
  expect((await millrace(['export', name, '--out', file])).code).toBe(0);
  const made = await millrace(['import', file, '--component', componentId, '--name', 'Came back']);
  expect(made.code, made.err).toBe(0);
  const back = await millrace(['export', made.out]);
  expect(JSON.parse(back.out)).toEqual({ ...JSON.parse(readFileSync(file, 'utf8')), name: 'Came back' });
  expect((await millrace(['import', file, '--flow', made.out])).code).toBe(0);
  expect((await millrace(['export', made.out])).out).toBe(readFileSync(file, 'utf8').trim());
  writeFileSync(join(folder, 'odd.json'), JSON.stringify({ schema: 1, kind: 'dataflow', name: 'Odd', lanes: [{ id: 'main', stages: [], surprise: 1 }] }));
  expect(await millrace(['import', join(folder, 'odd.json'), '--component', componentId])).toMatchObject({ code: 1, err: expect.stringContaining('DEFINITION_INVALID') });

  const key = await millrace(['api-key', 'create', 'Reader', '--role', 'viewer', '--json']);
  const { id, key: secret }: { id: string; key: string } = JSON.parse(key.out);
  expect(await cli(origin, secret)(['run', made.out])).toMatchObject({ code: 1, err: expect.stringContaining('ACCESS_DENIED') });
  expect((await millrace(['api-key', 'list'])).out).toContain(id);
  expect((await millrace(['api-key', 'revoke', id])).code).toBe(0);
  expect(await cli(origin, secret)(['export', made.out])).toMatchObject({ code: 1, err: expect.stringContaining('NOT_SIGNED_IN') });
});

test('npx finds the command line in the clone, from inside it and by its folder, and hands input, output and exit code on', async ({ ana, origin }) => {
  test.setTimeout(300_000);
  const clone = join(import.meta.dirname, '..');
  const key = await keyOf(ana.api, 'admin');
  // Offline: a package of this name in a registry is somebody else's.
  const npx = async (cwd: string, args: string[]): Promise<Told> => {
    const child = spawn('npx', ['--offline', ...args], { cwd, env: { ...process.env, MILLRACE_URL: origin, MILLRACE_API_KEY: key }, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let [out, err] = ['', ''];
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    child.stderr.on('data', (part: Buffer) => (err += part.toString()));
    const [code]: (number | null)[] = await once(child, 'close');
    return { code: code ?? null, out: out.trim(), err: err.trim() };
  };
  const component = fresh('By npx');
  const flowId = await publishedFlow(ana.api, await componentWith(ana.api, component), 'dataflow', dataflow('Through npx', echo));
  inputFile('two.json', { n: 2 });
  const good = await npx(folder, ['--prefix', clone, 'millrace', 'run', flowId, '--input', 'two.json', '--watch']);
  expect([good.code, good.err.split('\n').at(-1)]).toEqual([0, '✓ Succeeded']);
  expect(JSON.parse(good.out)).toEqual({ double: 50 });
  expect((await npx(clone, ['millrace', 'run', flowId, '--input', inputFile('none.json', { n: 'x' }), '--watch'])).code).toBe(1);
  expect(await npx(clone, ['millrace', 'frob'])).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^millrace: there is no command "frob"/) });
  expect((await npx(folder, ['--prefix', clone, 'millrace', 'export', flowId, '--out', 'flow.json'])).code).toBe(0);
  expect(JSON.parse(readFileSync(join(folder, 'flow.json'), 'utf8'))).toMatchObject({ name: 'Through npx' });
  const copy = await npx(folder, ['--prefix', clone, 'millrace', 'import', 'flow.json', '--component', component, '--name', 'Copied']);
  expect([copy.code, await ana.api.get(`/flows/${copy.out}`)]).toMatchObject([0, { name: 'Copied' }]);
  expect((await npx(clone, ['millrace', 'verify', '--all'])).code).toBe(0);
  expect(await npx(clone, ['millrace', 'api-key', 'list'])).toMatchObject({ code: 0, out: expect.stringContaining('Build server admin') });
});
