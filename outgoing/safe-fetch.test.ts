import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { safeFetch, type SafeRequest } from './safe-fetch';

/** Real servers on loopback; a private address reached without leave would be heard by `canary`. */
type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let [server, canary]: Server[] = [];
let port = 0;
let other = 0;
let handle: Handler = (_request, response) => void response.end('ok');
let seen: { url: string; method: string; headers: IncomingMessage['headers'] }[] = [];
let trespassed: string[] = [];
const portOf = (from: { address(): unknown }) => (from.address() as AddressInfo).port;
const listening = async (made: Server, host = '127.0.0.1'): Promise<Server> => {
  await new Promise<void>((resolve) => made.listen(0, host, resolve));
  return made;
};

beforeAll(async () => {
  server = await listening(createHttp((request, response) => {
    seen.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers });
    handle(request, response);
  }));
  canary = await listening(createHttp((request, response) => {
    trespassed.push(`${request.headers.host ?? ''}${request.url ?? ''}`);
    seen.push({ url: `canary${request.url ?? ''}`, method: request.method ?? '', headers: request.headers });
    response.end('secret');
  }), '0.0.0.0');
  [port, other] = [portOf(server), portOf(canary)];
});
afterAll(() => {
  for (const each of [server, canary]) {
    each?.closeAllConnections();
    each?.close();
  }
});
beforeEach(() => {
  seen = [];
  trespassed = [];
  handle = (_request, response) => void response.end('ok');
});

const get = (url: string, more: Partial<SafeRequest> = {}) => safeFetch({ url, method: 'GET', timeoutMs: 3_000, ...more });
const local = (more: Partial<SafeRequest> = {}, path = '/') => get(`http://127.0.0.1:${port}${path}`, { allowPrivate: true, ...more });
const words = (body: Uint8Array) => Buffer.from(body).toString('utf8');

/** Hosts that lead, in one notation or another, to what is not the public internet. */
function hostileHosts(): string[] {
  const v4 = ['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.0', '100.64.0.1', '100.127.255.255', '127.0.0.0', '127.0.0.1', '127.0.0.2', '127.1.1.1', '127.255.255.255',
    '169.254.0.0', '169.254.169.254', '169.254.170.2', '169.254.255.255', '172.16.0.0', '172.16.0.1', '172.31.255.255', '192.0.0.0', '192.0.0.1', '192.0.0.255', '192.0.2.0', '192.0.2.255', '192.31.196.0', '192.52.193.255', '192.88.99.0', '192.88.99.255',
    '192.168.0.0', '192.168.0.1', '192.168.255.255', '192.175.48.0', '198.18.0.0', '198.19.255.255', '198.51.100.0', '198.51.100.255', '203.0.113.0', '203.0.113.255', '224.0.0.0', '224.0.0.1', '239.255.255.255', '240.0.0.0', '255.255.255.254', '255.255.255.255'];
  const notations = ['127.1', '127.0.1', '10.1', '0', '0.0', '0x0', '0x7f.1', '0x7f.0x0.0x0.0x1', '0x7f000001', '0X7F000001', '0177.0.0.1', '0177.1', '017700000001', '2130706433', '3232235521', '167772161', '2852039166', '0xa9fea9fe', '0xA9.0xFE.0xA9.0xFE', '0251.0376.0251.0376', '169.254.43518', '0xc0a80001', '4294967295',
    '127.0.0.1.', '2130706433.', '１２７.０.０.１', '127。0。0。1', '①②⑦.⓪.⓪.①', '%31%32%37.0.0.1', '127.0.0.%31', '0x7f.0.0.1.'];
  const v6 = ['::', '::1', '::2', '::ffff:ffff', '::127.0.0.1', '::10.0.0.1', '::169.254.169.254', '::8.8.8.8', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:192.168.0.1', '::ffff:169.254.169.254', '::ffff:8.8.8.8', '::ffff:0:0', '::ffff:ffff:ffff', '::ffff:0:127.0.0.1', '::ffff:0:7f00:1',
    '0:0:0:0:0:0:0:0', '0:0:0:0:0:0:0:1', '0000:0000:0000:0000:0000:0000:0000:0001', '0:0:0:0:0:ffff:127.0.0.1', '::FFFF:7F00:0001', '64:ff9b::', '64:ff9b::127.0.0.1', '64:ff9b::7f00:1', '64:ff9b::ffff:ffff', '64:ff9b:1::', '64:ff9b:1::7f00:1', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff',
    '100::', '100::1', '100::ffff:ffff:ffff:ffff', '2001::', '2001::1', '2001:0:7f00:1::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', '2001:10::1', '2001:20::1', '2001:db8::', '2001:db8::1', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', '2002::', '2002:7f00:1::', '2002:a00:1::1', '2002:c0a8:1::1', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '2620:4f:8000::1',
    '3fff::', '3fff:fff::1', '4000::1', '5f00::', '5f00::1', 'fc00::', 'fc00::1', 'fd00::1', 'fd12:3456:789a::1', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fe00::1', 'fe80::', 'fe80::1', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'fec0::', 'fec0::1', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ff00::', 'ff02::1', 'ff05::2', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'];
  return [...v4, ...notations, ...v6.map((each) => `[${each}]`), 'localhost', 'LOCALHOST', 'localhost.', 'LocalHost', 'ｌｏｃａｌｈｏｓｔ'];
}

describe('where a call may go', () => {
  const hosts = hostileHosts();

  test(`S2 ${hosts.length} addresses that are not public are refused before anything is sent`, async () => {
    expect(hosts.length).toBeGreaterThanOrEqual(150);
    for (const host of hosts) {
      const answer = await get(`http://${host}:${other}/`, { timeoutMs: 2_000 });
      expect(answer.ok, host).toBe(false);
      // A host that no parser takes, or a name the system does not know, is as good as refused.
      if (!answer.ok) expect(['refused', 'invalid', 'unreachable'], `${host}: ${answer.text.en}`).toContain(answer.trouble);
      if (!answer.ok) expect(answer.mayHaveArrived, host).toBe(false);
    }
    expect(trespassed).toEqual([]);
  });

  test('S2 nor with leave for private addresses, when no host can have them', async () => {
    for (const host of ['0.0.0.0', '255.255.255.255', '224.0.0.1', '[::]', '[::ffff:127.0.0.1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[ff02::1]', '0', '0x0']) {
      expect(await get(`http://${host}:${other}/`, { allowPrivate: true }), host).toMatchObject({ ok: false, trouble: 'refused' });
    }
    expect(trespassed).toEqual([]);
  });

  test('S3 other schemes, users in the address and bent addresses are refused', async () => {
    const wrong = [
      'file:///etc/passwd', 'ftp://example.com/', 'gopher://127.0.0.1:25/', 'data:text/plain,x', 'javascript:alert(1)', 'ws://example.com/', 'dict://127.0.0.1:11211/', 'ldap://x/', 'blob:http://x/y', 'about:blank', 'http:', 'http://', '//example.com/', '/path', '', 'http://user@example.com/', 'http://user:pw@example.com/', 'http://:pw@example.com/',
      'http://example.com@127.0.0.1/', 'http://127.0.0.1\\@example.com/', 'http://exa mple.com/', 'http://example.com/a b', 'http://example.com/\r\nHost: x', 'http://example.com/\tx', ' http://example.com/', 'http://example.com/\u0000', 'http://example.com/\u0085', 'http://example.com:99999/', 'http://[::1', 'http://exa\nmple.com/', `http://example.com/${'x'.repeat(9_000)}`,
    ];
    for (const url of wrong) {
      const answer = await get(url, { allowPrivate: true, resolve: async () => ['127.0.0.1'] });
      expect(answer.ok ? 'sent' : answer.trouble, JSON.stringify(url).slice(0, 80)).toMatch(/^(refused|invalid)$/);
    }
    expect(seen).toEqual([]);
  });

  test('S4 a header that would make another is not sent', async () => {
    for (const [name, value] of [['X', 'a\r\nY: b'], ['X', 'a\nb'], ['X', 'a\rb'], ['X', 'a\0b'], ['X\r\nY', 'b'], ['X Y', 'b'], ['', 'b'], ['X:', 'b'], ['X', 'é€'], ['X', '\u007f']] as const) {
      expect(await local({ headers: [[name, value]] }), JSON.stringify([name, value])).toMatchObject({ ok: false, trouble: 'invalid' });
    }
    expect(seen).toEqual([]);
  });

  test('S5 every address of a name must be allowed, and only those are connected to', async () => {
    const spoilt = [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['127.0.0.1', '8.8.8.8'], ['2606:4700::1111', '::1'], ['8.8.8.8', '::ffff:127.0.0.1'], ['10.0.0.1', '10.0.0.2'], ['8.8.8.8', 'fe80::1'], ['not an address'], [], ['169.254.169.254'], ['0.0.0.0'], ['8.8.4.4', '0']];
    for (const addresses of spoilt) {
      const answer = await get(`http://name.example:${other}/`, { resolve: async () => addresses });
      expect(answer.ok ? 'sent' : answer.trouble, addresses.join()).toMatch(/^(refused|unreachable)$/);
    }
    expect(trespassed).toEqual([]);
    expect(await get('http://name.example/', { resolve: async () => { throw new Error('SERVFAIL'); } })).toMatchObject({ ok: false, trouble: 'unreachable' });
  });

  test('S6 a name that points elsewhere a moment later gains nothing: ten ways of rebinding', async () => {
    // `2000::1` counts as public and belongs to nobody. The name server answers a good address first and a bad one from the second question on, or changes its mind between hops.
    const flips: [string, string[][], boolean][] = [
      ['loopback at the second question', [['2000::1'], ['127.0.0.1']], false], ['loopback v6', [['2000::1'], ['::1']], false], ['metadata', [['2000::1'], ['169.254.169.254']], false], ['private', [['2000::1'], ['10.0.0.1']], false], ['mapped', [['2000::1'], ['::ffff:127.0.0.1']], false],
      ['both at once', [['2000::1', '127.0.0.1']], false], ['unspecified', [['2000::1'], ['0.0.0.0']], false],
      ['between hops, the same name', [['127.0.0.1'], ['0.0.0.0']], true], ['between hops, back and forth', [['127.0.0.1'], ['127.0.0.1'], ['224.0.0.1']], true], ['between hops, to many', [['127.0.0.1'], ['127.0.0.1', '::ffff:127.0.0.1']], true],
    ];
    for (const [name, answers, follows] of flips) {
      let asked = 0;
      seen = [];
      handle = (_request, response) => void response.writeHead(302, { location: `http://rebind.example:${follows ? port : other}/next` }).end();
      const answer = await get(`http://rebind.example:${follows ? port : other}/`, { timeoutMs: 300, allowPrivate: follows, resolve: async () => answers[Math.min(asked++, answers.length - 1)] ?? [] });
      expect(answer.ok, name).toBe(false);
      // One question per hop: the connection never asks again.
      expect(asked, name).toBe(seen.length + (follows ? 1 : 0) || 1);
      if (follows && !answer.ok) expect(answer.trouble, name).toBe('refused');
    }
    expect(trespassed).toEqual([]);
    expect(flips).toHaveLength(10);
  });
});

describe('redirects', () => {
  const to = (location: string, status = 302): Handler => (_request, response) => void response.writeHead(status, { location }).end();

  test('S7 redirects to what may not be reached are refused, 35 of them', async () => {
    const targets = [
      'http://0.0.0.0/', 'http://[::]/', 'http://[::ffff:127.0.0.1]/', 'http://224.0.0.1/', 'http://255.255.255.255/', 'http://[64:ff9b::7f00:1]/', 'http://[ff02::1]/', 'http://[2002:7f00:1::]/', 'http://0/', 'http://0x0/', 'http://192.0.2.1/', 'http://198.18.0.1/', 'http://240.0.0.1/', '//0.0.0.0/', '//[::]/',
      'file:///etc/passwd', 'ftp://127.0.0.1/', 'gopher://127.0.0.1/', 'data:text/html,x', 'javascript:1', 'ws://127.0.0.1/', 'about:blank', 'http://user:pw@127.0.0.1/', 'http://a@127.0.0.1/', '//x:y@127.0.0.1/', 'http://127.0.0.1:99999/', 'http://[::1', 'http:// 127.0.0.1/', 'http://127.0.0.1\\@x/', 'http://exa mple/', `/${'x'.repeat(9_000)}`, 'http://[fec0::1]/', 'http://[::2]/', 'http://[100::1]/', 'https://0.0.0.0/',
    ];
    expect(targets).toHaveLength(35);
    for (const location of targets) {
      handle = to(location);
      const answer = await local();
      expect(answer.ok ? `reached ${answer.status}` : answer.trouble, location.slice(0, 60)).toMatch(/^(refused|invalid)$/);
    }
    expect(trespassed).toEqual([]);
  });

  test('S7 without leave for private addresses a redirect there is refused at the hop', async () => {
    // The first hop is let through by a resolver that lies; the check of the connected address stops it.
    handle = to(`http://127.0.0.1:${other}/`);
    expect(await get(`http://name.example:${port}/`, { resolve: async () => ['127.0.0.1'] })).toMatchObject({ ok: false, trouble: 'refused', hops: 0 });
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '10.0.0.1', '169.254.169.254', '2130706433']) expect(await get(`http://${host}:${other}/`)).toMatchObject({ ok: false, trouble: 'refused' });
    expect(trespassed).toEqual([]);
  });

  test('S8 five are followed, a sixth is not', async () => {
    handle = (request, response) => {
      const at = Number((request.url ?? '/').slice(1));
      if (at >= 5) response.end('there');
      else response.writeHead(302, { location: `/${at + 1}` }).end();
    };
    expect(await local({}, '/0')).toMatchObject({ ok: true, hops: 5 });
    handle = to('/again');
    expect(await local()).toMatchObject({ ok: false, trouble: 'refused', hops: 6 });
  });

  test('S9 what says who we are stays with the first origin', async () => {
    const headers = [['Authorization', 'Bearer t'], ['Cookie', 'a=b'], ['X-Api-Key', 'k'], ['Proxy-Authorization', 'p'], ['X-Own', 'o'], ['Accept', 'application/json'], ['Idempotency-Key', 'i']] as const;
    handle = to(`http://127.0.0.1:${other}/there`);
    expect(await local({ headers })).toMatchObject({ ok: true });
    const [, there] = seen;
    expect(there?.url).toBe('canary/there');
    expect(Object.keys(there?.headers ?? {}).toSorted()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'idempotency-key', 'user-agent']);
    seen = [];
    handle = (request, response) => (request.url === '/' ? to('/same')(request, response) : void response.end('same'));
    await local({ headers });
    expect(seen[1]?.headers).toMatchObject({ authorization: 'Bearer t', 'x-api-key': 'k' });
    // Another name of the same machine is another origin.
    seen = [];
    handle = (request, response) => (request.url === '/' ? to(`http://localhost:${port}/other`)(request, response) : void response.end('other'));
    await local({ headers });
    expect(seen[1]?.headers['authorization']).toBeUndefined();
  });

  test('S10 303 and redirected Posts become Gets, 307 and 308 keep method and body', async () => {
    const methods: string[] = [];
    for (const status of [301, 302, 303, 307, 308]) {
      handle = (request, response) => (request.url === '/' ? to('/next', status)(request, response) : void response.end());
      seen = [];
      await safeFetch({ url: `http://127.0.0.1:${port}/`, method: 'POST', body: 'x', headers: [['content-type', 'text/plain']], timeoutMs: 3_000, allowPrivate: true });
      methods.push(`${status} ${seen[1]?.method} ${seen[1]?.headers['content-length'] ?? '-'} ${seen[1]?.headers['content-type'] ?? '-'}`);
    }
    expect(methods).toEqual(['301 GET - -', '302 GET - -', '303 GET - -', '307 POST 1 text/plain', '308 POST 1 text/plain']);
  });
});

describe('answers', () => {
  let tcp: TcpServer;
  const raw = async (talk: (socket: Socket) => void): Promise<string> => {
    tcp?.close();
    tcp = createTcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => talk(socket));
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${portOf(tcp)}/`;
  };
  afterAll(() => tcp.close());
  const quick = { allowPrivate: true, timeoutMs: 1_500, maxBytes: 1_000_000 };
  // Packed once, before any clock runs.
  const zeros = Buffer.alloc(20_000_000);
  const gzipBomb = gzipSync(zeros, { level: 1 });
  const brotliBomb = brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
  const nestedBomb = gzipSync(gzipBomb);

  const abusive: [string, (socket: Socket) => void, string][] = [
    ['an endless body', (s) => { s.write('HTTP/1.1 200 OK\r\n\r\n'); const more = (): void => { while (!s.destroyed && s.write(Buffer.alloc(65_536))); s.once('drain', more); }; more(); }, 'too-large'],
    ['a slow drip of body', (s) => { s.write('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'); const timer = setInterval(() => s.write('x'), 100); s.on('close', () => clearInterval(timer)); }, 'timeout'],
    ['a slow drip of headers', (s) => { s.write('HTTP/1.1 200 OK\r\n'); const timer = setInterval(() => s.write('X: y\r\n'), 100); s.on('close', () => clearInterval(timer)); }, 'timeout'],
    ['no answer at all', () => {}, 'timeout'],
    ['a gzip bomb', (s) => s.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'), gzipBomb])), 'too-large'],
    ['a brotli bomb', (s) => s.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n'), brotliBomb])), 'too-large'],
    ['a bomb in a bomb', (s) => s.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\n'), nestedBomb])), 'too-large'],
    ['five packings', (s) => s.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip,gzip,gzip,gzip,gzip\r\n\r\nx'), 'bad-answer'],
    ['gzip that is none', (s) => s.end('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip at all'), 'bad-answer'],
    ['a packing nobody knows', (s) => s.end('HTTP/1.1 200 OK\r\nContent-Encoding: zstd-x\r\n\r\nx'), 'bad-answer'],
    ['huge headers', (s) => s.end(`HTTP/1.1 200 OK\r\n${Array.from({ length: 2_000 }, (_, n) => `X-${n}: ${'y'.repeat(50)}`).join('\r\n')}\r\n\r\n`), 'too-large'],
    ['one huge header', (s) => s.end(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(1_000_000)}\r\n\r\n`), 'too-large'],
    ['less than it said', (s) => s.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort'), 'unreachable|bad-answer'],
    ['a cut in the middle of a chunk', (s) => s.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nshort'), 'unreachable|bad-answer'],
    ['what is not HTTP', (s) => s.end('SSH-2.0-OpenSSH_9.0\r\n'), 'bad-answer|unreachable'],
    ['two lengths', (s) => s.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'), 'bad-answer'],
    ['a status that is none', (s) => s.end('HTTP/1.1 9999 Eh\r\n\r\n'), 'bad-answer|unreachable'],
    ['a connection cut before the answer', (s) => void s.destroy(), 'unreachable'],
  ];
  test.each(abusive)('S11 %s', async (_name, talk, trouble) => {
    const startedMs = Date.now();
    const answer = await get(await raw(talk), quick);
    expect(answer.ok ? `${answer.status} with ${answer.body.byteLength} bytes` : answer.trouble).toMatch(new RegExp(`^(${trouble})$`));
    expect(Date.now() - startedMs).toBeLessThan(4_000);
    // The process is well: the next good call is answered.
    expect(await local()).toMatchObject({ ok: true, status: 200 });
  });

  test('S11 more than it said is no part of the answer', async () => {
    const answer = await get(await raw((s) => s.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')), quick);
    expect(answer.ok ? words(answer.body) : answer.trouble).toMatch(/^(ok|bad-answer)$/);
  });

  test('S12 honest packings are unpacked', async () => {
    for (const [encoding, body] of [['gzip', gzipSync('hello')], ['deflate', deflateSync('hello')], ['br', brotliCompressSync('hello')], ['x-gzip, identity', gzipSync('hello')], ['deflate, gzip', gzipSync(deflateSync('hello'))]] as const) {
      handle = (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body);
      const answer = await local();
      expect(answer.ok && words(answer.body), encoding).toBe('hello');
    }
  });

  test('S13 a refused connection and a stopped call say so', async () => {
    expect(await get('http://127.0.0.1:1/', { allowPrivate: true })).toMatchObject({ ok: false, trouble: 'unreachable', mayHaveArrived: false });
    const stop = new AbortController();
    handle = () => stop.abort();
    expect(await local({ signal: stop.signal })).toMatchObject({ ok: false, trouble: 'aborted', mayHaveArrived: true });
  });
});
