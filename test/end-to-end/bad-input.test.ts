import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ActionNeededCode } from '../../lambdas/domain/failure.ts';
import type { Fault } from '../contract/fault-proxy.ts';
import { hourlyRows, ndjson } from './audit-rows.ts';
import { type Cloud, clouds, destinations } from './evidence.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';
import { secretPiecesIn } from './secret-pieces.ts';

const timeZone = 'Asia/Kolkata';
const firstTick = '2025-03-03T02:30:00Z';
const secondTick = '2025-03-03T06:30:00Z';
const rows = hourlyRows('2025-03-02T22:30:00Z', 8);
const windows = [ndjson(rows.slice(0, 4)), ndjson(rows.slice(4))];

/** A server that no credential may ever lead to. */
const trap = createServer(socket => {
  visits++;
  socket.destroy();
});
let visits = 0;
let trapHost = '';
let pipeline: TestPipeline;
beforeAll(async () => {
  trap.listen(0, '127.0.0.1');
  await once(trap, 'listening');
  trapHost = `127.0.0.1:${(trap.address() as AddressInfo).port}`;
  pipeline = await startPipeline();
});
afterEach(() => pipeline.forget());
afterAll(async () => {
  trap.close();
  await pipeline?.close();
});

interface Flaw {
  readonly flaw: string;
  readonly cloud?: Cloud;
  readonly code: ActionNeededCode;
  readonly message: RegExp;
  /** Attributes of the account's record. */
  readonly record?: Readonly<Record<string, unknown>>;
  readonly secret?: string | null | (() => string);
  /** The cloud's answer to whatever concerns the account. */
  readonly answer?: Extract<Fault, { kind: 'answer' }>;
}

const { s3, gcs, azure } = destinations;
const secretOf = (cloud: Cloud) => () => pipeline.customers.credentials.secretOf(cloud);
const azureKey = 'AccountName=localmode;AccountKey=dGhlIGtleSB0aGF0IG5vYm9keSBtYXkgc2VlIGF0IGFsbA==';

const records: readonly Flaw[] = [
  {
    flaw: 'a destination of an unknown kind',
    code: 'account_invalid',
    message: /destination\.type: expected s3, gcs or azure/,
    record: { destination: { type: 'ftp', host: 'ftp.example.com' } },
  },
  {
    flaw: 'two destinations in a list',
    code: 'account_invalid',
    message: /destination: expected exactly one destination, a map, got list/,
    record: { destination: [s3, gcs] },
  },
  {
    flaw: 'two destinations in one',
    code: 'account_invalid',
    message: /exactly one destination, got both bucket and container/,
    record: { destination: { ...s3, container: azure.container } },
  },
  {
    flaw: 'no destination, an unknown status and an unknown format, all told at once',
    code: 'account_invalid',
    message: /status: .*destination: .*format: /,
    record: { destination: undefined, status: 'on', format: 'csv' },
  },
];

const secrets: readonly Flaw[] = [
  { flaw: 'no secret', secret: null, code: 'secret_missing', message: /does not exist: create it/ },
  {
    flaw: 'a secret that is not JSON',
    secret: 'AKIA1234567890123456 wJalrXUtnFEMI/K7MDENG',
    code: 'secret_invalid',
    message: /not an S3 credential.*expected JSON/,
  },
  ...(
    [
      ['s3', 'gcs', /accessKeyId: expected/],
      ['gcs', 'azure', /expected JSON/],
      ['azure', 's3', /either connectionString or sasUrl/],
    ] as const
  ).map(([cloud, other, message]) => ({
    flaw: `a secret of ${other} for ${cloud}`,
    cloud,
    secret: secretOf(other),
    code: 'secret_invalid' as const,
    message,
  })),
  {
    flaw: 'a GCS secret that would send tokens elsewhere',
    cloud: 'gcs',
    secret: () =>
      JSON.stringify({
        type: 'external_account',
        audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
        token_url: `https://${trapHost}/token`,
        credential_source: { url: `http://${trapHost}/latest/meta-data/` },
      }),
    code: 'secret_invalid',
    message: /type: expected service_account/,
  },
  ...[
    () => `DefaultEndpointsProtocol=http;${azureKey};BlobEndpoint=http://${trapHost}/localmode`,
    () => `${azureKey};EndpointSuffix=${trapHost}`,
    () => `UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://${trapHost}`,
    () =>
      JSON.stringify({
        sasUrl: `https://${trapHost}/?sv=2024-11-04&sp=cw&sig=c2lnbmF0dXJlIG9mIG5vYm9keQ%3D%3D`,
      }),
    () => `https://localmode.blob.core.windows.net@${trapHost}/?sig=c2lnbmF0dXJlIG9mIG5vYm9keQ%3D%3D`,
  ].map((secret, index) => ({
    flaw: `an Azure secret that leads to another host (${index + 1})`,
    cloud: 'azure' as const,
    secret,
    code: 'secret_invalid' as const,
    message: /core\.windows\.net|in Azure/,
  })),
  {
    flaw: 'a secret that the cloud does not know',
    secret: JSON.stringify({ accessKeyId: 'AKIASTRANGER00000001', secretAccessKey: 'Zx81/'.repeat(8) }),
    code: 'credentials_rejected',
    message: /customer-logs/,
  },
];

const buckets: readonly Flaw[] = [
  ...clouds.map(cloud => ({
    flaw: `a bucket that is missing in ${cloud}`,
    cloud,
    record: {
      destination: { ...destinations[cloud], [cloud === 'azure' ? 'container' : 'bucket']: 'mistyped-logs' },
    },
    code: 'bucket_missing' as const,
    message: /mistyped-logs/,
  })),
  {
    flaw: 'a bucket that is forbidden in s3',
    cloud: 's3',
    answer: { kind: 'answer', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' },
    code: 'access_denied',
    message: /customer-logs/,
  },
  {
    flaw: 'a bucket that is forbidden in gcs',
    cloud: 'gcs',
    answer: {
      kind: 'answer',
      status: 403,
      headers: { 'content-type': 'application/json' },
      body: '{"error":{"code":403,"message":"No access","errors":[{"reason":"forbidden"}]}}',
    },
    code: 'access_denied',
    message: /customer-logs/,
  },
  {
    flaw: 'a container that is forbidden in azure',
    cloud: 'azure',
    answer: {
      kind: 'answer',
      status: 403,
      headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' },
    },
    code: 'access_denied',
    message: /customer-logs/,
  },
  {
    flaw: 'a bucket in another region',
    record: { destination: { ...s3, region: 'ap-south-1' } },
    code: 'wrong_region',
    message: /customer-logs.*eu-central-1/,
  },
];

const flaws = [...records, ...secrets, ...buckets];
const healthy = clouds.map(cloud => ({ cloud, accountId: `healthy in ${cloud}` }));

describe('an account with', () => {
  /** What there was of each account after the first tick. */
  const before = new Map<string, Awaited<ReturnType<typeof stateOf>>>();
  const stateOf = async (cloud: Cloud, accountId: string) => ({
    texts: await pipeline.textsOf(cloud, accountId),
    cursor: (await pipeline.ledgerOf(accountId)).cursor,
    events: pipeline.eventsOf(accountId),
  });

  beforeAll(async () => {
    for (const cloud of clouds) {
      const answers = flaws.flatMap(({ flaw, answer }) => (answer ? { name: fileNameOf(flaw), answer } : []));
      pipeline.proxies[cloud].onRequest = ({ path }) =>
        answers.find(({ name }) => path.includes(name))?.answer ?? { kind: 'pass' };
    }
    for (const { flaw, cloud = 's3', record, secret } of flaws) {
      const text = typeof secret === 'function' ? secret() : secret;
      await pipeline.provision(
        flaw,
        { cloud, timeZone, ...(text !== undefined && { secret: text }), ...record },
        rows,
      );
    }
    for (const { cloud, accountId } of healthy)
      await pipeline.provision(accountId, { cloud, timeZone }, rows);
    console.time('t1');
    await pipeline.tick(firstTick);
    console.timeEnd('t1');
    for (const { flaw, cloud = 's3' } of flaws) before.set(flaw, await stateOf(cloud, flaw));
    for (const { cloud, accountId } of healthy) before.set(accountId, await stateOf(cloud, accountId));

    for (const cloud of clouds) pipeline.proxies[cloud].onRequest = () => ({ kind: 'pass' });
    for (const { flaw, cloud = 's3' } of flaws) await pipeline.provision(flaw, { cloud, timeZone });
    console.time('t2');
    await pipeline.tick(secondTick);
    console.timeEnd('t2');
  });

  test.each(flaws)('$flaw fails by name', async ({ flaw, code, message }) => {
    const { texts, cursor, events } = before.get(flaw) ?? {};
    expect(texts).toEqual([]);
    expect(cursor).toMatchObject({
      exportedThrough: Date.parse('2025-03-02T22:30:00Z'),
      failures: 1,
      attempts: [],
      lastError: { code, message: expect.stringMatching(message) },
    });
    expect(events).toMatchObject([
      {
        detailType: 'Export Failed',
        detail: { code, message: expect.stringMatching(message), actionNeeded: true },
      },
    ]);
    const logged = (await pipeline.logLines()).find(line => line.accountId === flaw);
    expect(logged).toMatchObject({ level: 'ERROR', reason: expect.stringMatching(message), code });
  });

  test.each(flaws)('$flaw gets its backlog after the repair', async ({ flaw, cloud = 's3' }) => {
    expect(await pipeline.textsOf(cloud, flaw)).toEqual(windows);
    expect(pipeline.eventTypesOf(flaw)).toEqual([
      'Export Failed',
      'Export Delivered',
      'Export Recovered',
      'Export Delivered',
    ]);
  });

  test.each(healthy)('no fault, $accountId, notices nothing of the others', async ({ cloud, accountId }) => {
    expect(before.get(accountId)?.texts).toEqual([windows[0]]);
    expect(await pipeline.textsOf(cloud, accountId)).toEqual(windows);
    expect(pipeline.eventTypesOf(accountId)).toEqual(['Export Delivered', 'Export Delivered']);
  });

  test('a fault leaves no message in the queue', async () => {
    expect(await pipeline.messagesLeft()).toBe(0);
  });
});

describe('a record', () => {
  test('with an unknown time zone is reported by the watchdog, and made up for after the repair', async () => {
    await pipeline.provision('mistyped zone', { timeZone, exportFrom: '2025-03-02T22:30:00Z' }, rows);
    await pipeline.tick(firstTick);
    await pipeline.provision('mistyped zone', { timeZone: 'Asia/Kolkatta' });
    await pipeline.provision('unknown zone', { timeZone: 'Mars/Olympus_Mons' }, rows);
    await pipeline.tick(secondTick);
    expect(await pipeline.textsOf('s3', 'mistyped zone')).toEqual(windows.slice(0, 1));

    await pipeline.watchdog.invoke({});
    for (const accountId of ['mistyped zone', 'unknown zone'])
      expect(await pipeline.logLines()).toContainEqual(
        expect.objectContaining({
          accountId,
          level: 'ERROR',
          faults: expect.stringMatching(/timeZone: expected an IANA time zone name/),
        }),
      );
    expect(await pipeline.logLines()).toContainEqual(expect.objectContaining({ InvalidAccounts: 2 }));

    const repaired = { timeZone, exportFrom: '2025-03-02T22:30:00Z' };
    for (const accountId of ['mistyped zone', 'unknown zone']) await pipeline.provision(accountId, repaired);
    await pipeline.tick('2025-03-03T10:30:00Z');
    for (const accountId of ['mistyped zone', 'unknown zone'])
      expect(await pipeline.textsOf('s3', accountId)).toEqual([...windows, '']);
  });

  test('with a service account whose file names other hosts is delivered to', async () => {
    const file = JSON.parse(pipeline.customers.credentials.secretOf('gcs')) as object;
    const elsewhere = `https://${trapHost}/token`;
    const hostile = { ...file, token_uri: elsewhere, auth_uri: elsewhere, universe_domain: trapHost };
    await pipeline.provision(
      'hostile file',
      { cloud: 'gcs', timeZone, secret: JSON.stringify(hostile) },
      rows,
    );
    await pipeline.tick(firstTick);
    expect(await pipeline.textsOf('gcs', 'hostile file')).toEqual(windows.slice(0, 1));
  });
});

describe('after all this', () => {
  test('no credential has gone to another host', () => expect(visits).toBe(0));

  test('no piece of a secret stands in a log, an event or the ledger', async () => {
    expect(pipeline.secretsPut.size).toBeGreaterThan(10);
    const evidence = await pipeline.evidence();
    expect(evidence).toContain('secret_invalid');
    expect(secretPiecesIn(evidence, pipeline.secretsPut)).toEqual([]);
  });
});

/** The beginning of the names of an account's files. */
function fileNameOf(accountId: string): string {
  return `audit_${Buffer.from(accountId).toString('base64url')}_`;
}
