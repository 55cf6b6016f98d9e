import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { CRC32C } from '@google-cloud/storage';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Bucket, created } from '../../lambdas/buckets/bucket.ts';
import { createCrc32c } from '../../lambdas/buckets/gcs-checksum.ts';
import { ExportError, type FailureCode } from '../../lambdas/domain/failure.ts';
import { type GcsCredential, parseSecret } from '../../lambdas/domain/secret.ts';
import { type GcsServer, startGcsServer } from '../../local/servers/gcs-server.ts';
import { noise, object, unwatched, watchedBy } from './contract-objects.ts';
import { type Fault, type FaultProxy, type SeenRequest, startFaultProxy } from './fault-proxy.ts';
import { chunkSize, newServiceAccount, openBucket } from './gcs-bucket-server.ts';

const account = newServiceAccount();
const outOfTime = new ExportError('out_of_time', 'The function ran out of time');
const existing = { kind: 'exists', afterUnclear: false };
const large = noise(3 * chunkSize + 12_345);
const small = noise(12_345);

let server: GcsServer;
let proxy: FaultProxy;
let bucket: Bucket;

beforeEach(async () => {
  server = await startGcsServer({ serviceAccounts: [account], buckets: [{ name: 'audit-logs' }] });
  proxy = await startFaultProxy(server.endpoint);
  bucket = openBucket('audit-logs', { credential: account.credential, endpoint: proxy.endpoint });
});
afterEach(async () => {
  bucket.close();
  await proxy.close();
  await server.close();
});

const stored = (key: string) => server.readObject('audit-logs', key)?.body;
const requests = (method: string) => proxy.requests.filter(request => request.method === method);
const rangesSent = () => requests('PUT').map(({ headers }) => headers['content-range']);

describe('the GCS driver', () => {
  test('asks for one token, then creates each small object by one request', async () => {
    expect(await bucket.create(object('a.zip', small), unwatched)).toEqual(created);
    expect(await bucket.create(object('b.zip', small), unwatched)).toEqual(created);
    expect(proxy.requests.map(({ path }) => path.replace(/\?.*/, ''))).toEqual([
      '/token',
      '/upload/storage/v1/b/audit-logs/o',
      '/upload/storage/v1/b/audit-logs/o',
    ]);
  });

  test.each([
    [chunkSize - 1, 0],
    [chunkSize, 0],
    [chunkSize + 1, 2],
    [chunkSize + 13, 2],
    [2 * chunkSize, 2],
    [2 * chunkSize + 1, 3],
  ])('creates an object of %i bytes by %i chunks', async (bytes, chunks) => {
    const body = noise(bytes);
    expect(await bucket.create(object('a.zip', body), unwatched)).toEqual(created);
    expect(stored('a.zip')?.equals(body)).toBe(true);
    expect(requests('PUT')).toHaveLength(chunks);
  });

  test('computes the checksum as Google does, for any lengths of the pieces', () => {
    const ours = createCrc32c();
    const theirs = new CRC32C();
    for (let length = 0; length < 40; length++) {
      const piece = large.subarray(length * 50, length * 51);
      ours.update(piece);
      theirs.update(piece);
      expect(ours.toString()).toBe(theirs.toString());
    }
  });

  test('recovers from a 503 in the middle of a resumable upload by repeating that chunk only', async () => {
    proxy.onRequest = once(2, { kind: 'answer', status: 503 });
    expect(await bucket.create(object('a.zip', large), unwatched)).toEqual(created);
    expect(stored('a.zip')?.equals(large)).toBe(true);
    expect(rangesSent()).toEqual([
      `bytes 0-${chunkSize - 1}/*`,
      `bytes ${chunkSize}-${2 * chunkSize - 1}/*`,
      'bytes */*',
      `bytes ${chunkSize}-${2 * chunkSize - 1}/*`,
      `bytes ${2 * chunkSize}-${3 * chunkSize - 1}/*`,
      `bytes ${3 * chunkSize}-${large.length - 1}/${large.length}`,
    ]);
  });

  test('goes on from the byte that the server has after a reset in the middle of a chunk', async () => {
    proxy.onRequest = once(2, { kind: 'reset', afterBytes: 600_000 });
    expect(await bucket.create(object('a.zip', large), unwatched)).toEqual(created);
    expect(stored('a.zip')?.equals(large)).toBe(true);
    const resumed = Number(/^bytes (\d+)-/.exec(rangesSent()[3] ?? '')?.[1]);
    expect(resumed % (256 * 1024)).toBe(0);
    expect(resumed).toBeGreaterThanOrEqual(chunkSize);
  });

  test('knows that it created the object when the answer to the last chunk is lost', async () => {
    proxy.onRequest = once(4, { kind: 'lose-answer' });
    expect(await bucket.create(object('a.zip', large), unwatched)).toEqual(created);
    expect(stored('a.zip')?.equals(large)).toBe(true);
  });

  test('says perhaps ours when the answer that a small object was created is lost', async () => {
    proxy.onRequest = once(1, { kind: 'lose-answer' }, 'POST', '/upload/');
    expect(await bucket.create(object('a.zip', small), unwatched)).toMatchObject({
      kind: 'exists',
      afterUnclear: true,
    });
  });

  test('says exists when throttled before, since nothing can have been written', async () => {
    await bucket.create(object('a.zip', small), unwatched);
    proxy.onRequest = once(1, { kind: 'answer', status: 429 }, 'POST', '/upload/');
    expect(await bucket.create(object('a.zip', small), unwatched)).toMatchObject(existing);
  });

  test('says exists when another writer comes first in the middle of a resumable upload', async () => {
    const other = openBucket('audit-logs', { credential: account.credential, endpoint: server.endpoint });
    async function* body() {
      yield large;
      expect(await other.create(object('a.zip', small), unwatched)).toEqual(created);
    }
    expect(await bucket.create({ ...object('a.zip', small), body: body() }, unwatched)).toMatchObject(
      existing,
    );
    expect(stored('a.zip')?.equals(small)).toBe(true);
    expect(server.unfinishedUploads()).toBe(0);
    other.close();
  });

  test('cancels the session when the signal aborts', async () => {
    const controller = new AbortController();
    async function* body() {
      yield large;
      controller.abort(outOfTime);
      yield large;
    }
    const answer = await bucket.create(
      { ...object('a.zip', small), body: body() },
      watchedBy(controller.signal),
    );
    expect(answer).toEqual({ kind: 'refused', failure: outOfTime });
    expect(requests('DELETE')).toHaveLength(1);
    expect(server.unfinishedUploads()).toBe(0);
  });

  test('ends at once when the signal aborts while the body never comes', async () => {
    const controller = new AbortController();
    async function* body() {
      yield small;
      setImmediate(() => controller.abort(outOfTime));
      await new Promise(() => undefined);
    }
    const answer = await bucket.create(
      { ...object('a.zip', small), body: body() },
      watchedBy(controller.signal),
    );
    expect(answer).toEqual({ kind: 'refused', failure: outOfTime });
  });

  test('knows that nothing is written when the request that creates never left whole', async () => {
    const controller = new AbortController();
    // The server reads nothing, so that the socket buffers fill up.
    const accepted: Socket[] = [];
    const deaf = createSocketServer({ pauseOnConnect: true }, socket => {
      accepted.push(socket);
      setTimeout(() => controller.abort(outOfTime), 50);
    });
    await new Promise<void>(resolve => deaf.listen(0, '127.0.0.1', resolve));
    const stuck = openBucket('audit-logs', {
      credential: account.credential,
      endpoint: `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`,
      tokenUrl: `${server.endpoint}/token`,
      chunkSize: 24 * chunkSize,
    });
    const answer = await stuck.create(object('a.zip', noise(24 * chunkSize)), watchedBy(controller.signal));
    expect(answer).toEqual({ kind: 'refused', failure: outOfTime });
    stuck.close();
    for (const socket of accepted) socket.destroy();
    deaf.close();
  });

  test('does not go through the bytes of a refused chunk one by one, as the library would to redact an error', async () => {
    const forEach = vi.spyOn(Object.getPrototypeOf(Uint8Array.prototype), 'forEach');
    proxy.onRequest = from(2, { kind: 'answer', status: 403 });
    expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({ kind: 'refused' });
    expect(forEach).not.toHaveBeenCalled();
    forEach.mockRestore();
  });

  const unanswered = { kind: 'refused', failure: { code: 'no_answer' } };

  test.each(['the bucket', 'the token'])('gives up connecting for %s, after one try', async place => {
    let tried = 0;
    const nowhere = 'http://nowhere.invalid';
    const stuck = openBucket('audit-logs', {
      credential: account.credential,
      endpoint: nowhere,
      tokenUrl: `${place === 'the token' ? nowhere : server.endpoint}/token`,
      // Never answers, like a host that drops every packet.
      lookup: () => {
        tried += 1;
      },
    });
    expect(await stuck.create(object('a.zip', small), unwatched)).toMatchObject(unanswered);
    expect(tried).toBe(1);
    stuck.close();
  });

  test('gives up a token endpoint that falls silent, after one try', async () => {
    proxy.onRequest = () => ({ kind: 'silent' });
    const stuck = openBucket('audit-logs', {
      credential: account.credential,
      endpoint: proxy.endpoint,
      silenceMs: 500,
    });
    expect(await stuck.create(object('a.zip', small), unwatched)).toMatchObject(unanswered);
    expect(proxy.requests).toHaveLength(1);
    stuck.close();
  });

  test('does not ask a cloud that fell silent to drop the upload', async () => {
    proxy.onRequest = from(2, { kind: 'silent' });
    const stuck = openBucket('audit-logs', {
      credential: account.credential,
      endpoint: proxy.endpoint,
      silenceMs: 500,
    });
    expect(await stuck.create(object('a.zip', large), unwatched)).toMatchObject(unanswered);
    expect(requests('PUT')).toHaveLength(2);
    expect(requests('DELETE')).toHaveLength(0);
    stuck.close();
  });

  test('gets a new token in the middle of an upload when the old one is no longer accepted', async () => {
    proxy.onRequest = once(2, { kind: 'answer', status: 401 });
    expect(await bucket.create(object('a.zip', large), unwatched)).toEqual(created);
    expect(stored('a.zip')?.equals(large)).toBe(true);
    expect(requests('POST').filter(({ path }) => path === '/token')).toHaveLength(2);
    const tokens = requests('PUT').map(({ headers }) => headers.authorization);
    expect(new Set(tokens.slice(0, 2)).size).toBe(1);
    expect(tokens[2]).not.toBe(tokens[1]);
  });

  const refusals: [number, FailureCode][] = [
    [401, 'credentials_rejected'],
    [403, 'access_denied'],
    [400, 'destination_rejected'],
    [404, 'destination_unavailable'],
    [410, 'destination_unavailable'],
    [499, 'destination_unavailable'],
    [503, 'destination_unavailable'],
  ];
  test.each(refusals)('refuses, when a chunk in the middle is answered with %i: %s', async (status, code) => {
    proxy.onRequest = from(2, { kind: 'answer', status });
    expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({
      kind: 'refused',
      failure: { code },
    });
    expect(server.unfinishedUploads()).toBe(0);
  });

  test.each([
    ['rateLimitExceeded', 'refused', 'destination_unavailable'],
    ['forbidden', 'refused', 'access_denied'],
  ])('is refused a session for the reason %s', async (reason, kind, code) => {
    const body = JSON.stringify({ error: { code: 403, message: 'No.', errors: [{ reason }] } });
    proxy.onRequest = from(1, { kind: 'answer', status: 403, body }, 'POST', '/upload/');
    expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({ kind, failure: { code } });
  });

  test('takes a page of a proxy for no session', async () => {
    const page = { kind: 'answer', status: 200, body: '<html>Sign in</html>' } as const;
    proxy.onRequest = from(1, page, 'POST', '/upload/');
    expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({
      kind: 'refused',
      failure: { code: 'destination_unavailable' },
    });
  });

  test('goes on after a page of a proxy in place of the answer to a chunk', async () => {
    proxy.onRequest = once(2, { kind: 'answer', status: 200, body: '<html>Sign in</html>' });
    expect(await bucket.create(object('a.zip', large), unwatched)).toEqual(created);
    expect(stored('a.zip')?.equals(large)).toBe(true);
  });

  test('leaves it unclear when a chunk that is not the last one completes the session', async () => {
    proxy.onRequest = from(2, resourceWith({}));
    expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({
      kind: 'unclear',
      failure: { code: 'destination_unavailable' },
    });
  });

  describe.each([
    ['one request', small, 1, 'POST', '/upload/'],
    ['several requests', large, 4, 'PUT', '/upload/'],
  ] as const)('an upload of %s', (_name, body, nth, method, path) => {
    const last = (fault: Fault) => from(nth, fault, method, path);
    const create = () => bucket.create(object('a.zip', body), unwatched);
    const right = () => {
      const checksum = createCrc32c();
      checksum.update(body);
      return checksum.toString();
    };

    test.each([200, 201])('is created by a %i with the resource of the object', async status => {
      proxy.onRequest = last(resourceWith({ crc32c: right() }, status));
      expect(await create()).toEqual(created);
    });

    test.each([
      ['without a checksum', { crc32c: undefined }],
      ['of another object', { name: 'b.zip' }],
      ['in another bucket', { bucket: 'other-logs' }],
    ])('is unclear after a 200 with the resource of an object %s', async (_of, changed) => {
      proxy.onRequest = last(resourceWith({ crc32c: right(), ...changed }));
      expect(await create()).toMatchObject({
        kind: 'unclear',
        failure: { code: 'destination_unavailable' },
      });
    });

    test('finds an object of other bytes after a 200 with another checksum, which is never its own', async () => {
      let answered = 0;
      const wrong = last(resourceWith({ crc32c: 'AAAAAA==' }));
      proxy.onRequest = request => {
        const fault = wrong(request);
        return fault.kind === 'answer' && ++answered === 1 ? { kind: 'answer', status: 503 } : fault;
      };
      expect(await create()).toEqual({
        kind: 'exists',
        words: expect.stringContaining('other bytes'),
        afterUnclear: false,
        hasOtherBytes: true,
      });
    });
  });

  test.each([
    ['is no key', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END PRIVATE KEY-----\n'],
    ['is not RSA', newServiceAccount('a@b.c', 'ed25519').credential.privateKey],
  ])('refuses a private key that %s, without showing any of it', (_fault, privateKey) => {
    const credential: GcsCredential = { ...account.credential, privateKey };
    let thrown: unknown;
    try {
      openBucket('audit-logs', { credential, endpoint: proxy.endpoint });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'secret_invalid' });
    for (const line of privateKey.split('\n').filter(line => line.length >= 8 && !line.startsWith('-')))
      expect(inspect(thrown, { depth: 20, showHidden: true })).not.toContain(line);
  });
});

describe('the token of the GCS driver', () => {
  const trapped: string[] = [];
  const trap = createServer((request, response) => {
    trapped.push(`${request.method} ${request.url}`);
    response.end('{}');
  });
  let trapUrl: string;

  beforeEach(async () => {
    trapped.length = 0;
    await new Promise<void>(resolve => trap.listen(0, '127.0.0.1', resolve));
    trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    trap.closeAllConnections();
    trap.close();
  });

  test('is asked for at no URL that the service-account file names', async () => {
    const secret = JSON.stringify({
      type: 'service_account',
      client_email: account.clientEmail,
      private_key: account.credential.privateKey,
      token_uri: `${trapUrl}/token`,
      auth_uri: trapUrl,
      universe_domain: new URL(trapUrl).host,
    });
    const credential = parseSecret({ type: 'gcs' }, secret) as GcsCredential;
    const hostile = openBucket('audit-logs', { credential, endpoint: proxy.endpoint });
    expect(await hostile.create(object('a.zip', large), unwatched)).toEqual(created);
    hostile.close();
    expect(trapped).toEqual([]);
  });

  test.each(['STORAGE_EMULATOR_HOST', 'GOOGLE_CLOUD_UNIVERSE_DOMAIN', 'HTTPS_PROXY', 'HTTP_PROXY'])(
    'and all else goes nowhere else for the variable %s',
    async name => {
      vi.stubEnv(name, trapUrl);
      const bucket = openBucket('audit-logs', { credential: account.credential, endpoint: proxy.endpoint });
      expect(await bucket.create(object('a.zip', small), unwatched)).toEqual(created);
      expect(await bucket.create(object('b.zip', large), unwatched)).toEqual(created);
      bucket.close();
      vi.unstubAllEnvs();
      expect(trapped).toEqual([]);
    },
  );

  test('is asked for at Google when no endpoint is set, and nowhere else', async () => {
    const hosts: string[] = [];
    const google = openBucket('audit-logs', {
      credential: account.credential,
      lookup: (host, _options, done) => {
        hosts.push(host);
        done(Object.assign(new Error('no network in tests'), { code: 'ENOTFOUND' }), '', 4);
      },
    });
    expect(await google.create(object('a.zip', small), unwatched)).toMatchObject({
      kind: 'refused',
      failure: { code: 'network' },
    });
    google.close();
    expect(new Set(hosts)).toEqual(new Set(['oauth2.googleapis.com']));
  });

  const places: [string, (request: SeenRequest) => boolean][] = [
    ['the token endpoint', ({ path }) => path === '/token'],
    ['the bucket', ({ method, path }) => method === 'POST' && path !== '/token'],
    ['the session', ({ method }) => method === 'PUT'],
  ];
  for (const [place, matches] of places)
    test.each([301, 302, 303, 307, 308])(`does not follow a redirect (%i) of ${place}`, async status => {
      proxy.onRequest = request =>
        matches(request)
          ? { kind: 'answer', status, headers: { location: `${trapUrl}/elsewhere` } }
          : { kind: 'pass' };
      expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({ kind: 'refused' });
      expect(trapped).toEqual([]);
    });

  test('does not go to another host that the answer names for the session', async () => {
    proxy.onRequest = ({ method, path }) =>
      method === 'POST' && path !== '/token'
        ? { kind: 'answer', status: 200, headers: { location: `${trapUrl}/session` } }
        : { kind: 'pass' };
    expect(await bucket.create(object('a.zip', large), unwatched)).toMatchObject({ kind: 'refused' });
    expect(trapped).toEqual([]);
  });
});

/** Breaks the nth request with a method to a path, and passes all others. */
function once(nth: number, fault: Fault, method = 'PUT', path = '/') {
  return broken(seen => seen === nth, fault, method, path);
}

/** Breaks the nth and all later requests with a method to a path, and passes all others. */
function from(nth: number, fault: Fault, method = 'PUT', path = '/') {
  return broken(seen => seen >= nth, fault, method, path);
}

function broken(isBroken: (seen: number) => boolean, fault: Fault, method: string, path: string) {
  let seen = 0;
  return (request: SeenRequest): Fault => {
    if (request.method !== method || !request.path.startsWith(path)) return { kind: 'pass' };
    seen += 1;
    return isBroken(seen) ? fault : { kind: 'pass' };
  };
}

/** A successful answer for the object `a.zip`, with changes. */
function resourceWith(changed: Record<string, unknown>, status = 200): Fault & { kind: 'answer' } {
  const resource = { kind: 'storage#object', bucket: 'audit-logs', name: 'a.zip', crc32c: 'x', ...changed };
  return { kind: 'answer', status, body: JSON.stringify(resource) };
}
