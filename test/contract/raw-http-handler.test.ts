import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../../bench/servers/certificate.ts';
import { KeptConnections } from '../../lambdas/aws/kept-connections.ts';
import { RawHttpHandler, receiveInto } from '../../lambdas/aws/raw-http-handler.ts';

type Reply = (socket: Socket, request: string) => Promise<void> | void;

/** Shorter and longer than what a socket delivers at once, like DynamoDB’s answers. */
const lengths = [0, 1, 500, 16_384, 65_535, 65_536, 65_537, 300_000, 1_200_000];
const bodies = lengths.map(length => randomBytes(length));
const timeouts = { connect: 2_000, answer: 2_000 };

const headOf = (length: number, more = '') =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\nX-Name: value: more\r\n${more}\r\n`;

/** Writes pieces of this size, and waits until each is sent. */
async function inPieces(socket: Socket, bytes: Buffer, size: number): Promise<void> {
  for (let from = 0; from < bytes.length; from += size) {
    socket.write(bytes.subarray(from, from + size));
    await pause(0);
  }
}

/** Answers with the complete body of that number. */
const reply: Reply = (socket, request) => {
  const body = bodies[Number(/\{"number":(\d+)\}$/.exec(request)?.[1])] ?? Buffer.alloc(0);
  socket.write(Buffer.concat([Buffer.from(headOf(body.length)), body]));
};

describe.each(['http:', 'https:'] as const)('the handler over %s', protocol => {
  const trusted = getCACertificates('default');
  const handlers: RawHttpHandler[] = [];
  const sockets = new Set<Socket>();
  let server: Server;
  let answer: Reply;
  let connections = 0;

  beforeAll(async () => {
    const { key, cert } = await createCertificate();
    setDefaultCACertificates([...trusted, cert]);
    server = protocol === 'http:' ? createTcpServer(serve) : createTlsServer({ key, cert }, serve);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    for (const handler of handlers.splice(0)) handler.destroy();
  });
  afterAll(async () => {
    setDefaultCACertificates(trusted);
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  function serve(socket: Socket): void {
    connections++;
    sockets.add(socket);
    socket.on('error', () => sockets.delete(socket));
    let request = '';
    socket.on('data', async bytes => {
      request += bytes;
      // Every request in these tests is JSON and ends with a brace.
      if (!request.endsWith('}')) return;
      const whole = request;
      request = '';
      await answer(socket, whole);
    });
  }

  function start(given: Reply, own: Partial<typeof timeouts> = {}) {
    answer = given;
    connections = 0;
    const handler = new RawHttpHandler(new KeptConnections(), { ...timeouts, ...own });
    handlers.push(handler);
    type Sent = { memory?: Buffer; signal?: AbortSignal; hostname?: string };
    return (number = 0, { memory, signal, hostname = 'localhost' }: Sent = {}) => {
      const { port } = server.address() as { port: number };
      const body = JSON.stringify({ number });
      const request = {
        protocol,
        hostname,
        port,
        method: 'POST',
        path: '/',
        query: {},
        headers: { host: `localhost:${port}`, 'content-length': String(body.length) },
        body,
      };
      if (memory) receiveInto(request, length => memory.subarray(0, length));
      type Handled = Parameters<RawHttpHandler['handle']>;
      return handler.handle(request as unknown as Handled[0], { abortSignal: signal } as Handled[1]);
    };
  }

  it('gives back whole answers of any length, many at a time over connections that are used again', async () => {
    const send = start(reply);
    const order = Array.from({ length: 12 * bodies.length }, (_, index) => (index * 7) % bodies.length);
    for (let first = 0; first < order.length; first += 12) {
      const numbers = order.slice(first, first + 12);
      const answers = await Promise.all(numbers.map(number => send(number)));
      expect(answers.map(({ response }) => fingerprint(response.body))).toEqual(
        numbers.map(number => fingerprint(bodies[number])),
      );
    }
    expect(connections).toBe(12);
  });

  it('sends the request as it is, and reads status and headers', async () => {
    let seen = '';
    const send = start((socket, request) => {
      seen = request;
      socket.write(
        'HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nX-Amz-Crc32: 7\r\nx-twice: a\r\nX-Twice: b\r\n\r\n{}',
      );
    });
    const { response } = await send(3);
    expect(seen).toMatch(
      /^POST \/ HTTP\/1\.1\r\nhost: localhost:\d+\r\ncontent-length: 12\r\n\r\n\{"number":3\}$/,
    );
    expect(response).toMatchObject({
      statusCode: 400,
      headers: { 'content-length': '2', 'x-amz-crc32': '7', 'x-twice': 'a, b' },
      body: Buffer.from('{}'),
    });
  });

  it.each([1, 2, 7, 1000])('takes a head and a body that come %d bytes at a time', async size => {
    const body = randomBytes(100 * size);
    const send = start(socket =>
      inPieces(socket, Buffer.concat([Buffer.from(headOf(body.length)), body]), size),
    );
    for (let time = 0; time < 2; time++)
      expect(fingerprint((await send()).response.body)).toBe(fingerprint(body));
    expect(connections).toBe(1);
  });

  it('receives into the memory that is given, again and again, and leaves what lies behind alone', async () => {
    const send = start(reply);
    const memory = Buffer.alloc(1_300_000, 7);
    for (const number of [8, 5, 7, 0, 8]) {
      memory.fill(7);
      const { response } = await send(number, { memory });
      const length = lengths[number] ?? 0;
      expect(response.body.buffer).toBe(memory.buffer);
      expect(fingerprint(memory.subarray(0, length))).toBe(fingerprint(bodies[number]));
      expect(memory.subarray(length).every(byte => byte === 7)).toBe(true);
    }
  });

  it.each([
    ['without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    [
      'with a length that does not count',
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    ],
    ['of an older protocol', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}'],
    ['with a head longer than any', `${headOf(2, `X-Long: ${'x'.repeat(17_000)}\r\n`)}{}`],
  ])('leaves an answer %s to the handler of the SDK', async (_, bytes) => {
    // Node’s client refuses two of these: one with two lengths, and one with a header of more than 16 KB.
    const send = start(socket => void socket.write(bytes));
    const outcome = send().then(
      async ({ response }) => text(response.body),
      (failure: Error) => failure.message,
    );
    expect(await outcome).toMatch(/^\{\}$|Header overflow|Transfer-Encoding can't be present/);
    expect(connections).toBe(2);
  });

  it('takes nothing that follows an answer for the answer to the next request', async () => {
    const send = start(async (socket, request) => {
      if (!request.endsWith(':1}')) return reply(socket, request);
      socket.write(headOf(2));
      await pause(20);
      socket.write(`{}${headOf(5)}stale`);
    });
    await send(1).catch(() => undefined);
    expect(fingerprint((await send(2)).response.body)).toBe(fingerprint(bodies[2]));
  });

  it('opens another connection when the server wants this one closed, or has closed it', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const send = start(async (socket, request) => {
      socket.write(`${headOf(2, request.endsWith(':1}') ? 'Connection: close\r\n' : '')}{}`);
      if (!request.endsWith(':2}')) return;
      closed = once(socket, 'close');
      socket.end();
    });
    await send(1);
    await send(2);
    expect(connections).toBe(2);
    // The server closes its side when the client has closed.
    await closed;
    await send(3);
    await send(3);
    expect(connections).toBe(3);
  });

  it('gives up all connections that wait when one turns out to be lost, as after a freeze of the function', async () => {
    const known = new Set<Socket>();
    let frozen = false;
    const send = start((socket, request) => {
      if (frozen && known.has(socket)) return void socket.destroy();
      known.add(socket);
      return reply(socket, request);
    });
    await Promise.all(Array.from({ length: 6 }, () => send()));
    frozen = true;
    await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await send()).response.statusCode).toBe(200);
  });

  it('goes to a host by its address, too, and over TLS demands a certificate for that', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on('warning', note);
    const sent = start(reply)(1, { hostname: '127.0.0.1' });
    if (protocol === 'http:') expect((await sent).response.statusCode).toBe(200);
    else await expect(sent).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await pause(0);
    process.off('warning', note);
    expect(warnings).toEqual([]);
  });

  it('takes an IPv6 address as it stands in a URL', async () => {
    // No server has to listen there: with the brackets, it would be looked up as a host name.
    const outcome = await start(reply)(1, { hostname: '[::1]' }).catch(
      (failure: { code?: string }) => failure,
    );
    expect(outcome).not.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('over TLS refuses a certificate that nobody vouches for', async () => {
    const own = getCACertificates('default');
    setDefaultCACertificates(trusted);
    const sent = start(reply)();
    setDefaultCACertificates(own);
    if (protocol === 'https:')
      await expect(sent).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    else expect((await sent).response.statusCode).toBe(200);
  });

  it('fails with an error that is tried again when the answer breaks off', async () => {
    for (const bytes of ['', 'HTTP/1.1 200', `${headOf(100)}half`]) {
      const send = start(socket => void socket.end(bytes));
      await expect(send()).rejects.toMatchObject({ code: 'ECONNRESET' });
    }
  });

  it('fails when the answer does not come, or stops coming', async () => {
    for (const bytes of ['', `${headOf(100)}half`]) {
      const send = start(socket => void socket.write(bytes), { answer: 60 });
      await expect(send()).rejects.toMatchObject({ name: 'TimeoutError' });
    }
  });

  it('ends when it is told to, before the request and after it', async () => {
    const send = start(() => undefined);
    await expect(send(0, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    const stop = new AbortController();
    const sent = send(0, { signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('fails when nobody listens', async () => {
    const handler = new RawHttpHandler(new KeptConnections(), timeouts);
    handlers.push(handler);
    const request = {
      protocol,
      hostname: '127.0.0.1',
      port: 1,
      method: 'POST',
      path: '/',
      headers: {},
      body: '{}',
    };
    type Handled = Parameters<RawHttpHandler['handle']>;
    await expect(handler.handle(request as unknown as Handled[0])).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

function fingerprint(bytes: Uint8Array = Buffer.alloc(0)): string {
  return `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
}
