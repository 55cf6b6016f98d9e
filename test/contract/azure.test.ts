/**
 * The Azure driver on Azurite, or on the server that the environment names:
 *
 * - CONTRACT_AZURE_ENDPOINT: the URL of a storage account's blobs, such as `https://<account>.blob.core.windows.net`
 *   or `http://127.0.0.1:10000/<account>`
 * - CONTRACT_AZURE_ACCOUNT and CONTRACT_AZURE_KEY: the account's name and its key
 * - CONTRACT_AZURE_CONTAINER: a container for the tests' blobs (created if missing, and never emptied)
 *
 * The SAS of the tests are signed with the key.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  ContainerClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  RestError,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAzureBucket } from '../../lambdas/buckets/azure.ts';
import { azureFailure } from '../../lambdas/buckets/azure-failure.ts';
import type { Bucket, NewObject } from '../../lambdas/buckets/bucket.ts';
import type { AzureCredential } from '../../lambdas/domain/secret.ts';
import { type AzureServer, startAzureServer } from '../../local/servers/azure-server.ts';
import { type BucketFault, type BucketServer, describeBucketContract } from './bucket-contract.ts';
import { type Fault, startFaultProxy } from './fault-proxy.ts';

type Access = AzureCredential['access'];

const environment = {
  endpoint: process.env.CONTRACT_AZURE_ENDPOINT,
  accountName: process.env.CONTRACT_AZURE_ACCOUNT ?? 'customeraccount',
  accountKey: process.env.CONTRACT_AZURE_KEY ?? randomBytes(64).toString('base64'),
  container: process.env.CONTRACT_AZURE_CONTAINER ?? 'audit-logs',
};
const { accountName, accountKey, container } = environment;
const wrongKey = randomBytes(64).toString('base64');
const blockSize = 1024 * 1024;
const hour = 3_600_000;
const never = new AbortController().signal;

describeBucketContract('Azure with an account key', () => startServer(key => ({ accountKey: key })));
describeBucketContract('Azure with a SAS', () =>
  startServer((key, containerName) => ({ sas: signedSas('cw', hour, key, containerName) })),
);

describe('the Azure driver', () => {
  let server: AzureServer;
  beforeAll(async () => {
    server = await startBlobs();
  });
  afterAll(() => server.close());

  const open = (access: Access, endpoint = server.endpoint) => openBucket(access, endpoint, container);

  describe('with a SAS', () => {
    test('that has expired: credentials_rejected', async () => {
      const bucket = open({ sas: signedSas('cw', -hour) });
      await expect(bucket.create(object(10), never)).rejects.toMatchObject({
        code: 'credentials_rejected',
        message: expect.stringContaining('issue a new one'),
      });
    });

    test.each([10, 3 * blockSize])('that may only read, %i bytes: access_denied', async bytes => {
      const bucket = open({ sas: signedSas('rl', hour) });
      await expect(bucket.create(object(bytes), never)).rejects.toMatchObject({
        code: 'access_denied',
        message: expect.stringContaining('Create (c) and Write (w)'),
      });
    });

    test('that may only create: a block is created, an object of more is access_denied', async () => {
      const bucket = open({ sas: signedSas('c', hour) });
      expect(await bucket.create(object(blockSize), never)).toBe('created');
      await expect(bucket.create(object(blockSize + 1), never)).rejects.toMatchObject({
        code: 'access_denied',
        message: expect.stringContaining('Write (w)'),
      });
    });
  });

  test.each([0, 10, blockSize, 3 * blockSize + 1])('stores the MD5 of all %i bytes', async bytes => {
    const created = object(bytes);
    expect(await open({ accountKey }).create(created, never)).toBe('created');
    const blob = containerOf(server).getBlobClient(created.key);
    const { contentMD5, contentLength } = await blob.getProperties();
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
      expect(await open({ accountKey }).create(theirs, never)).toBe('created');
      yield Buffer.alloc(blockSize, 'y');
    }
    const creation = bucket.create({ ...theirs, body: slowBody() }, never);
    expect(await creation.catch((error: { code: string }) => error.code)).toMatch(
      /^(exists|destination_unavailable)$/,
    );
    const stored = await containerOf(server).getBlobClient(theirs.key).downloadToBuffer();
    expect(stored.equals(Buffer.alloc(2 * blockSize + 7, 'x'))).toBe(true);
  });

  describe('takes the answer', () => {
    const answers: [status: number, azureCode: string, result: string][] = [
      [403, 'UnauthorizedBlobOverwrite', 'exists'],
      [409, 'BlobImmutableDueToPolicy', 'exists'],
      [412, 'ConditionNotMet', 'exists'],
      [409, 'ContainerBeingDeleted', 'destination_unavailable'],
      [400, 'Md5Mismatch', 'network'],
      [403, 'AuthenticationFailed', 'credentials_rejected'],
      [403, 'AuthorizationFailure', 'access_denied'],
      [403, 'AuthorizationSourceIPMismatch', 'access_denied'],
      [403, 'KeyBasedAuthenticationNotPermitted', 'access_denied'],
      [404, 'ContainerNotFound', 'bucket_missing'],
      [400, 'InvalidUri', 'destination_rejected'],
    ];
    for (const [status, azureCode, result] of answers)
      for (const bytes of [10, 3 * blockSize])
        test(`${status} ${azureCode} to ${bytes} bytes for ${result}`, async () => {
          const fault = { kind: 'answer', status, headers: { 'x-ms-error-code': azureCode } } as const;
          expect(await outcomeOf(fault, bytes)).toBe(result);
        });

    test('403 after an answer got lost for a refusal that may have come too late', async () => {
      const proxy = await startFaultProxy(server.endpoint);
      const denied = {
        kind: 'answer',
        status: 403,
        headers: { 'x-ms-error-code': 'AccountIsDisabled' },
      } as const;
      proxy.onRequest = () => (proxy.requests.length > 1 ? denied : { kind: 'lose-answer' });
      const bucket = open({ accountKey }, proxy.endpoint);
      const failure = { code: 'access_denied', wroteNothing: false };
      await expect(bucket.create(object(10), never)).rejects.toMatchObject(failure);
      proxy.onRequest = () => denied;
      await expect(bucket.create(object(10), never)).rejects.toMatchObject({
        ...failure,
        wroteNothing: true,
      });
      bucket.close();
      await proxy.close();
    });

    test('400 InvalidHeaderValue for an API version that the cloud does not know, which is not the customer’s to mend', async () => {
      const proxy = await startFaultProxy(server.endpoint);
      proxy.onRequest = () => ({
        kind: 'answer',
        status: 400,
        headers: { 'x-ms-error-code': 'InvalidHeaderValue' },
      });
      const bucket = open({ accountKey }, proxy.endpoint);
      await expect(bucket.create(object(10), never)).rejects.toMatchObject({
        code: 'destination_rejected',
        message: expect.stringMatching(
          /API version[\s\S]*deploy another release.*\(400 InvalidHeaderValue\)$/,
        ),
      });
      bucket.close();
      await proxy.close();
    });

    test('307 to another host for destination_rejected, and does not go there', async () => {
      const elsewhere = await startFaultProxy(server.endpoint);
      const headers = { location: `${elsewhere.endpoint}/x` };
      expect(await outcomeOf({ kind: 'answer', status: 307, headers }, 10)).toBe('destination_rejected');
      expect(elsewhere.requests).toEqual([]);
      await elsewhere.close();
    });

    test('that never comes for network', async () => {
      expect(await outcomeOf({ kind: 'slow', bytesPerSecond: 1 }, 10, { idleTimeout: 20 })).toBe('network');
    });

    async function outcomeOf(fault: Fault, bytes: number, options: { idleTimeout?: number } = {}) {
      const proxy = await startFaultProxy(server.endpoint);
      proxy.onRequest = () => fault;
      const bucket = openBucket({ accountKey }, proxy.endpoint, container, options);
      const outcome = await bucket
        .create(object(bytes), never)
        .catch((error: { code?: string }) => error.code);
      bucket.close();
      await proxy.close();
      return outcome;
    }
  });

  test('takes a host of Azure that does not resolve for a missing account', () => {
    const where = { accountName: 'nobody', container, sas: false };
    const unresolved = new RestError('getaddrinfo', { code: 'ENOTFOUND' });
    const failure = azureFailure(unresolved, { ...where, azureHost: true }, { unclear: false });
    expect(failure).toMatchObject({
      code: 'bucket_missing',
      message: expect.stringContaining('account nobody'),
    });
    expect(azureFailure(unresolved, { ...where, azureHost: false }, { unclear: false }).code).toBe('network');
  });
});

/** `accessWith` a key, the right one or a wrong one, to a container. */
async function startServer(
  accessWith: (key: string, containerName: string) => Access,
): Promise<BucketServer> {
  const server = await startBlobs();
  const missing = `${container}-missing`;
  const bucketName = (fault?: BucketFault) => (fault === 'missing-bucket' ? missing : container);
  const right = accessWith(accountKey, container);
  const faulty: Partial<Record<BucketFault, Access>> = {
    'wrong-credentials': accessWith(wrongKey, container),
    'missing-bucket': accessWith(accountKey, missing),
    denied: { sas: signedSas('r', hour) },
  };
  return {
    endpoint: server.endpoint,
    faults: ['wrong-credentials', 'missing-bucket', 'denied'],
    secrets: [accountKey, wrongKey, ...[right, ...Object.values(faulty)].flatMap(Object.values<string>)],
    bucketName,
    open({ fault, endpoint = server.endpoint } = {}) {
      return openBucket((fault && faulty[fault]) ?? right, endpoint, bucketName(fault));
    },
    async read(key) {
      const blob = containerOf(server).getBlobClient(key);
      if (!(await blob.exists())) return undefined;
      const { contentType, contentEncoding, metadata = {} } = await blob.getProperties();
      return { body: await blob.downloadToBuffer(), contentType, contentEncoding, metadata };
    },
    async put(key, body) {
      await containerOf(server).getBlockBlobClient(key).upload(body, body.length);
    },
    close: () => server.close(),
  };
}

async function startBlobs(): Promise<AzureServer> {
  const { endpoint } = environment;
  if (endpoint === undefined) return startAzureServer({ accountName, accountKey, containers: [container] });
  const server = { endpoint: endpoint.replace(/\/$/, ''), close: async () => undefined };
  await containerOf(server).createIfNotExists();
  return server;
}

function containerOf({ endpoint }: AzureServer): ContainerClient {
  const credential = new StorageSharedKeyCredential(accountName, accountKey);
  return new ContainerClient(`${endpoint}/${container}`, credential);
}

function openBucket(
  access: Access,
  endpoint: string,
  containerName: string,
  options: { idleTimeout?: number } = {},
): Bucket {
  return createAzureBucket({
    destination: { type: 'azure', storageAccount: accountName, container: containerName },
    credential: {
      type: 'azure',
      accountName,
      cloud: 'public',
      host: `${accountName}.blob.core.windows.net`,
      access,
    },
    endpoint,
    blockSize,
    retry: { tries: 4, delay: 5 },
    ...options,
  });
}

/** A SAS for a container with these permissions, ending so many milliseconds from now. */
function signedSas(permissions: string, endsIn: number, key = accountKey, containerName = container): string {
  const credential = new StorageSharedKeyCredential(accountName, key);
  const values = {
    containerName,
    permissions: ContainerSASPermissions.parse(permissions),
    expiresOn: new Date(Date.now() + endsIn),
  };
  return generateBlobSASQueryParameters(values, credential).toString();
}

function object(bytes: number): NewObject {
  async function* body() {
    yield Buffer.alloc(bytes, 'x');
  }
  const key = `contract/${randomUUID()}/object.zip`;
  return { key, body: body(), contentType: 'application/zip', metadata: {} };
}
