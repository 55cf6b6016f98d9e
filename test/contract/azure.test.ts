/** The Azure driver on Azurite, or on the server that the environment names: see `azure-contract-server.ts`. */
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionFailure } from '../../lambdas/buckets/azure-failure.ts';
import { created, type NewObject } from '../../lambdas/buckets/bucket.ts';
import { BrokenRequest } from '../../lambdas/buckets/exchange.ts';
import { ExportError, type FailureCode } from '../../lambdas/domain/failure.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';
import {
  type AzureAccess,
  type AzureContractServer,
  accountKey,
  blockSize,
  hour,
  openAzureBucket,
  signedSas,
  startAzureContractServer,
} from './azure-contract-server.ts';
import { describeBucketContract } from './bucket-contract.ts';
import { unwatched, watchedBy } from './contract-objects.ts';
import { startFaultProxy } from './fault-proxy.ts';

const withKey = (key: string) => ({ accountKey: key });

describeBucketContract('Azure with an account key', () => startAzureContractServer(withKey));
describeBucketContract('Azure with a SAS', () =>
  startAzureContractServer((key, containerName) => ({ sas: signedSas('cw', hour, key, containerName) })),
);

describe('the Azure driver', () => {
  let server: AzureContractServer;
  beforeAll(async () => {
    server = await startAzureContractServer(withKey);
  });
  afterAll(() => server.close());

  const open = (access: AzureAccess) => openAzureBucket(access, server.endpoint);

  describe('with a SAS', () => {
    test('that has expired: credentials_rejected', async () => {
      const bucket = open({ sas: signedSas('cw', -hour) });
      expect(await bucket.create(object(10), unwatched)).toMatchObject({
        kind: 'refused',
        failure: { code: 'credentials_rejected', message: expect.stringContaining('issue a new one') },
      });
    });

    test.each([10, 3 * blockSize])('that may only read, %i bytes: access_denied', async bytes => {
      const bucket = open({ sas: signedSas('rl', hour) });
      expect(await bucket.create(object(bytes), unwatched)).toMatchObject({
        kind: 'refused',
        failure: {
          code: 'access_denied',
          message: expect.stringContaining('Create (c) and Write (w)'),
        },
      });
    });

    test('that may only create: a block is created, an object of more is access_denied', async () => {
      const bucket = open({ sas: signedSas('c', hour) });
      expect(await bucket.create(object(blockSize), unwatched)).toEqual(created);
      expect(await bucket.create(object(blockSize + 1), unwatched)).toMatchObject({
        kind: 'refused',
        failure: { code: 'access_denied', message: expect.stringContaining('Write (w)') },
      });
    });
  });

  test.each([0, 1, 10, blockSize, 3 * blockSize + 1])('stores the MD5 of all %i bytes', async bytes => {
    const stored = object(bytes);
    expect(await open({ accountKey }).create(stored, unwatched)).toEqual(created);
    const { contentMD5, contentLength } = await server.blobs.getBlobClient(stored.key).getProperties();
    expect(contentLength).toBe(bytes);
    const expected = createHash('md5').update(Buffer.alloc(bytes, 'x')).digest();
    expect(Buffer.from(contentMD5 ?? []).equals(expected)).toBe(true);
  });

  test('refuses an account key that is not base64', () => {
    expect(() => open({ accountKey: 'not a key' })).toThrow(
      expect.objectContaining({ code: 'secret_invalid' }),
    );
  });

  test('does not mix its blocks with those of another writer of the same key', async () => {
    const theirs = object(2 * blockSize + 7);
    const bucket = open({ accountKey });
    async function* slowBody() {
      yield Buffer.alloc(blockSize, 'y');
      yield Buffer.alloc(blockSize, 'y');
      expect(await open({ accountKey }).create(theirs, unwatched)).toEqual(created);
      yield Buffer.alloc(blockSize, 'y');
    }
    const answer = await bucket.create({ ...theirs, body: slowBody() }, unwatched);
    // The order of these two checks is up to the server.
    const discarded = { kind: 'refused', failure: { code: 'destination_unavailable' } };
    expect(answer).toMatchObject(answer.kind === 'exists' ? { afterUnclear: false } : discarded);
    const stored = await server.blobs.getBlobClient(theirs.key).downloadToBuffer();
    expect(stored.equals(Buffer.alloc(2 * blockSize + 7, 'x'))).toBe(true);
  });

  test.each<[string, RequestListener, tries: number, FailureCode]>([
    ['falls silent', () => undefined, 1, 'no_answer'],
    ['resets the connection', ({ socket }) => void socket.resetAndDestroy(), 3, 'network'],
  ])(
    'knows that nothing is written if the cloud %s before it has the whole request',
    async (_, play, tries, code) => {
      let requests = 0;
      const cloud = await startHttpServer((incoming, outgoing) => {
        requests++;
        play(incoming, outgoing);
      });
      // More than the operating system buffers for a server that does not read.
      const bytes = 32 * blockSize;
      const bucket = openAzureBucket({ accountKey }, cloud.endpoint, { blockSize: bytes, silenceMs: 500 });
      expect(await bucket.create(object(bytes), unwatched)).toMatchObject({
        kind: 'refused',
        failure: { code },
      });
      expect(requests).toBe(tries);
      bucket.close();
      await cloud.close();
    },
  );

  test('knows that nothing is written if the signal aborts before the cloud has the whole request', async () => {
    const controller = new AbortController();
    const reason = new ExportError('out_of_time', 'The function ran out of time');
    const cloud = await startHttpServer(() => controller.abort(reason));
    const bytes = 32 * blockSize;
    const bucket = openAzureBucket({ accountKey }, cloud.endpoint, { blockSize: bytes });
    const answer = await bucket.create(object(bytes), watchedBy(controller.signal));
    expect(answer).toEqual({ kind: 'refused', failure: reason });
    bucket.close();
    await cloud.close();
  });

  test('gives up connecting to a host that takes the connection and says nothing, after one try', async () => {
    const sockets: Socket[] = [];
    const silent = createServer(socket => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const bucket = openAzureBucket({ accountKey }, `https://127.0.0.1:${port}`, { silenceMs: 600_000 });
    expect(await bucket.create(object(10), unwatched)).toMatchObject({
      kind: 'refused',
      failure: { code: 'no_answer' },
    });
    expect(sockets).toHaveLength(1);
    bucket.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test('does not follow a redirect to another host', async () => {
    const [proxy, elsewhere] = await Promise.all([
      startFaultProxy(server.endpoint),
      startFaultProxy(server.endpoint),
    ]);
    const headers = { location: `${elsewhere.endpoint}/x` };
    proxy.onRequest = () => ({ kind: 'answer', status: 307, headers });
    const bucket = openAzureBucket({ accountKey }, proxy.endpoint);
    expect(await bucket.create(object(10), unwatched)).toMatchObject({
      kind: 'refused',
      failure: { code: 'destination_rejected' },
    });
    expect(elsewhere.requests).toEqual([]);
    bucket.close();
    await Promise.all([proxy.close(), elsewhere.close()]);
  });

  test('takes a host of Azure that does not resolve for a missing account', () => {
    const where = { accountName: 'nobody', container: 'audit-logs', sas: false };
    const unresolved = new BrokenRequest('ENOTFOUND', false);
    expect(connectionFailure(unresolved, { ...where, azureHost: true })).toMatchObject({
      code: 'bucket_missing',
      message: expect.stringContaining('account nobody'),
    });
    expect(connectionFailure(unresolved, { ...where, azureHost: false }).code).toBe('network');
  });
});

function object(bytes: number): NewObject {
  async function* body() {
    yield Buffer.alloc(bytes, 'x');
  }
  const key = `contract/${randomUUID()}/object.zip`;
  return { key, body: body(), contentType: 'application/zip', metadata: {} };
}
