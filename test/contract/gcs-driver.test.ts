import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { CRC32C } from '@google-cloud/storage';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Bucket } from '../../lambdas/buckets/bucket.ts';
import { createCrc32c } from '../../lambdas/buckets/gcs-checksum.ts';
import { type GcsCredential, parseSecret } from '../../lambdas/domain/secret.ts';
import { type GcsServer, startGcsServer } from '../../local/servers/gcs-server.ts';
import { never, noise, object } from './contract-objects.ts';
import { type FaultProxy, type SeenRequest, startFaultProxy } from './fault-proxy.ts';
import { chunkSize, newServiceAccount, openBucket } from './gcs-bucket-server.ts';

const account = newServiceAccount();
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
    expect(await bucket.create(object('a.zip', small), never)).toBe('created');
    expect(await bucket.create(object('b.zip', small), never)).toBe('created');
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
    expect(await bucket.create(object('a.zip', body), never)).toBe('created');
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
    expect(await bucket.create(object('a.zip', large), never)).toBe('created');
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
    expect(await bucket.create(object('a.zip', large), never)).toBe('created');
    expect(stored('a.zip')?.equals(large)).toBe(true);
    const resumed = Number(/^bytes (\d+)-/.exec(rangesSent()[3] ?? '')?.[1]);
    expect(resumed % (256 * 1024)).toBe(0);
    expect(resumed).toBeGreaterThanOrEqual(chunkSize);
  });

  test('knows that it created the object when the answer to the last chunk is lost', async () => {
    proxy.onRequest = once(4, { kind: 'lose-answer' });
    expect(await bucket.create(object('a.zip', large), never)).toBe('created');
    expect(stored('a.zip')?.equals(large)).toBe(true);
  });

  test('says perhaps ours when the answer that a small object was created is lost', async () => {
    proxy.onRequest = once(1, { kind: 'lose-answer' }, 'POST', '/upload/');
    expect(await bucket.create(object('a.zip', small), never)).toBe('exists-perhaps-ours');
  });

  test('says exists when throttled before, since nothing can have been written', async () => {
    await bucket.create(object('a.zip', small), never);
    proxy.onRequest = once(1, { kind: 'answer', status: 429 }, 'POST', '/upload/');
    expect(await bucket.create(object('a.zip', small), never)).toBe('exists');
  });

  test('says exists when another writer comes first in the middle of a resumable upload', async () => {
    const other = openBucket('audit-logs', { credential: account.credential, endpoint: server.endpoint });
    async function* body() {
      yield large;
      expect(await other.create(object('a.zip', small), never)).toBe('created');
    }
    expect(await bucket.create({ ...object('a.zip', small), body: body() }, never)).toBe('exists');
    expect(stored('a.zip')?.equals(small)).toBe(true);
    expect(server.unfinishedUploads()).toBe(0);
    other.close();
  });

  test('cancels the session when the signal aborts', async () => {
    const controller = new AbortController();
    async function* body() {
      yield large;
      controller.abort(new Error('out of time'));
      yield large;
    }
    const creation = bucket.create({ ...object('a.zip', small), body: body() }, controller.signal);
    await expect(creation).rejects.toThrow('out of time');
    expect(requests('DELETE')).toHaveLength(1);
    expect(server.unfinishedUploads()).toBe(0);
  });

  test('ends at once when the signal aborts while the body never comes', async () => {
    const controller = new AbortController();
    async function* body() {
      yield small;
      setImmediate(() => controller.abort(new Error('out of time')));
      await new Promise(() => undefined);
    }
    const creation = bucket.create({ ...object('a.zip', small), body: body() }, controller.signal);
    await expect(creation).rejects.toThrow('out of time');
  });

  test.each([404, 410])('calls the destination unavailable when the session is lost (%i)', async status => {
    proxy.onRequest = once(3, { kind: 'answer', status });
    await expect(bucket.create(object('a.zip', large), never)).rejects.toMatchObject({
      code: 'destination_unavailable',
    });
  });

  test.each([
    [401, 'credentials_rejected'],
    [403, 'access_denied'],
    [400, 'destination_rejected'],
  ])('answers %i in the middle of an upload with %s', async (status, code) => {
    proxy.onRequest = once(2, { kind: 'answer', status });
    await expect(bucket.create(object('a.zip', large), never)).rejects.toMatchObject({ code });
    expect(server.unfinishedUploads()).toBe(0);
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
    expect(await hostile.create(object('a.zip', large), never)).toBe('created');
    hostile.close();
    expect(trapped).toEqual([]);
  });

  test('is asked for at Google when no endpoint is set, and nowhere else', async () => {
    const hosts: string[] = [];
    const google = openBucket('audit-logs', {
      credential: account.credential,
      retry: { attempts: 1 },
      lookup: (host, _options, done) => {
        hosts.push(host);
        done(Object.assign(new Error('no network in tests'), { code: 'ENOTFOUND' }), '', 4);
      },
    });
    await expect(google.create(object('a.zip', small), never)).rejects.toMatchObject({ code: 'network' });
    google.close();
    expect(hosts).toEqual(['oauth2.googleapis.com']);
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
      await expect(bucket.create(object('a.zip', large), never)).rejects.toMatchObject({
        name: 'ExportError',
      });
      expect(trapped).toEqual([]);
    });

  test('does not go to another host that the answer names for the session', async () => {
    proxy.onRequest = ({ method, path }) =>
      method === 'POST' && path !== '/token'
        ? { kind: 'answer', status: 200, headers: { location: `${trapUrl}/session` } }
        : { kind: 'pass' };
    await expect(bucket.create(object('a.zip', large), never)).rejects.toMatchObject({
      name: 'ExportError',
    });
    expect(trapped).toEqual([]);
  });
});

/** Breaks the request of a method that comes as the nth to a path, and passes all others. */
function once(nth: number, fault: ReturnType<FaultProxy['onRequest']>, method = 'PUT', path = '/') {
  let seen = 0;
  return (request: SeenRequest) => {
    if (request.method === method && request.path.startsWith(path)) seen += 1;
    else return { kind: 'pass' } as const;
    return seen === nth ? fault : ({ kind: 'pass' } as const);
  };
}
