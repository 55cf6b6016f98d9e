import { generateKeyPairSync } from 'node:crypto';
import {
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FailureCode, failureCodes } from '../../lambdas/domain/failure.ts';
import { variables } from '../../lambdas/environment.ts';
import { sampleRole } from '../../local/sample/accounts.ts';
import { type StsServer, startStsServer } from '../../local/servers/sts-server.ts';
import type { Fault, SeenRequest } from '../contract/fault-proxy.ts';
import { hourlyRows } from './audit-rows.ts';
import { echoOf } from './echoes.ts';
import { type Cloud, clouds, destinations } from './evidence.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';
import { secretPiecesIn } from './secret-pieces.ts';

const timeZone = 'Asia/Kolkata';
const tick = '2025-03-03T02:30:00Z';
const rows = hourlyRows('2025-03-02T22:30:00Z', 4);

interface Failing {
  readonly accountId: string;
  readonly cloud: Cloud;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly secret?: string;
  readonly fault?: (request: SeenRequest) => Fault;
}

const faults: Readonly<Record<string, (cloud: Cloud) => (request: SeenRequest) => Fault>> = {
  'echo of 400': cloud => request => echoOf(cloud, 400, request),
  'echo of 401': cloud => request => echoOf(cloud, 401, request),
  'echo of 403': cloud => request => echoOf(cloud, 403, request),
  'echo of 404': cloud => request => echoOf(cloud, 404, request),
  'echo of 307': cloud => request => echoOf(cloud, 307, request),
  'echo of 500': cloud => request => echoOf(cloud, 500, request),
  'object there': cloud => () => ({
    kind: 'answer',
    status: cloud === 'azure' ? 409 : 412,
    headers: { 'x-ms-error-code': 'BlobAlreadyExists', 'content-type': 'application/json' },
    body: cloud === 's3' ? '<Error><Code>PreconditionFailed</Code></Error>' : '{"error":{"code":412}}',
  }),
  reset: () => () => ({ kind: 'reset', afterBytes: 10 }),
  silent: () => () => ({ kind: 'silent' }),
  slow: () => () => ({ kind: 'slow', bytesPerSecond: 20 }),
};

let pipeline: TestPipeline;
let unprotected: StsServer;
const secretsOnTheWay = new Set<string>();
let codes: unknown[];
let evidence: string;

beforeAll(async () => {
  pipeline = await startPipeline();
  const { s3Role } = pipeline.customers.credentials;
  unprotected = await startStsServer(new Map([[sampleRole.roleArn, { credentials: s3Role }]]));
  const failing = failingAccounts();
  for (const cloud of clouds) {
    const own = failing.filter(account => account.cloud === cloud);
    pipeline.proxies[cloud].onRequest = request => {
      noteSecrets(request);
      return own.find(({ accountId }) => concerns(request, accountId))?.fault?.(request) ?? { kind: 'pass' };
    };
  }
  const isSpecial = ({ accountId }: Failing) => /^(slow|unprotected)/.test(accountId);
  const isSilent = ({ accountId }: Failing) => accountId.startsWith('silent');
  for (const account of failing) if (!isSpecial(account) && !isSilent(account)) await provision(account);
  await pipeline.sendText(`{"accountId": ${pipeline.customers.credentials.secretOf('s3')}}`);
  await pipeline.tick(tick);

  // Half a second for each file; the rest is reserved for cleaning up.
  const environment = { [variables.localStsEndpoint]: unprotected.endpoint };
  const hurried = await pipeline.startVariant({ timeout: 15_500, environment });
  for (const account of failing.filter(isSpecial)) {
    await provision(account);
    await pipeline.sendMessage(account.accountId, tick);
  }
  await pipeline.drain(hurried);
  // Last, because after a silence other accounts with such a bucket are not tried for a while.
  for (const account of failing.filter(isSilent)) {
    await provision(account);
    await pipeline.sendMessage(account.accountId, tick);
  }
  await pipeline.drain();

  codes = pipeline.aws.events.events
    .filter(({ detailType }) => detailType === 'Export Failed')
    .map(({ detail }) => detail.code);
  const objects = (
    await Promise.all(
      failing.map(async ({ cloud, accountId }) => [
        ...(
          await pipeline.objectsOf(cloud, accountId)
        ).map(({ key, metadata, body }) =>
          [key, JSON.stringify(metadata), body.toString('latin1')].join('\n'),
        ),
        ...(await pipeline.textsOf(cloud, accountId)),
      ]),
    )
  ).flat();
  evidence = [await pipeline.evidence(), ...objects].join('\n');
});
afterAll(async () => {
  await unprotected?.close();
  await pipeline?.close();
});

describe('a run of all failures', () => {
  test('has every named failure', () => {
    const expected = (Object.keys(failureCodes) as FailureCode[]).filter(
      // A foreign message belongs to no account, so it causes no event. `region_silent` only contains the name of the
      // region, and needs three silent buckets (silences.test.ts).
      code => !['message_invalid', 'internal', 'region_silent'].includes(code),
    );
    expect([...new Set(codes)].sort()).toEqual(expected.sort());
    expect(evidence).toContain('message_invalid');
  });

  test('writes no eight characters of a secret anywhere', () => {
    expect(pipeline.secretsPut.size).toBeGreaterThan(10);
    expect(secretPiecesIn(evidence, pipeline.secretsPut)).toEqual([]);
  });

  test('writes no eight characters of a token, a signature or a session', () => {
    expect(secretsOnTheWay.size).toBeGreaterThan(10);
    expect(secretPiecesIn(evidence, secretsOnTheWay)).toEqual([]);
  });
});

async function provision({ accountId, cloud, record, secret }: Failing): Promise<void> {
  const own = secret !== undefined && { secret };
  await pipeline.provision(accountId, { cloud, timeZone, ...record, ...own }, rows);
}

/** Notes the parts of requests that would give a reader access. */
function noteSecrets({ headers, path }: SeenRequest): void {
  const { authorization = '', 'x-amz-security-token': token = '' } = headers;
  const [signature = ''] = authorization.match(/(?<=Signature=|Bearer |SharedKey \w+:).*/) ?? [];
  const sas = new URLSearchParams(path.split('?')[1]).get('sig') ?? '';
  for (const secret of [signature, String(token), sas, encodeURIComponent(sas)])
    if (secret !== '') secretsOnTheWay.add(secret);
}

function failingAccounts(): Failing[] {
  const { credentials } = pipeline.customers;
  const { s3, s3Role, azure } = credentials;
  const json = (secret: object) => JSON.stringify(secret);
  const serviceAccount = JSON.parse(credentials.secretOf('gcs')) as Record<string, string>;
  const keyOf = (type: 'rsa' | 'ec') => {
    const pair =
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  };
  const sas = (permissions: string, end: string) =>
    json({
      sasUrl: `https://${azure.accountName}.blob.core.windows.net/?${generateBlobSASQueryParameters(
        {
          containerName: destinations.azure.container,
          permissions: ContainerSASPermissions.parse(permissions),
          expiresOn: new Date(end),
        },
        new StorageSharedKeyCredential(azure.accountName, azure.accountKey),
      )}`,
    });
  const goodSas = sas('cw', '2099-01-01');
  const role = {
    ...destinations.s3,
    roleArn: sampleRole.roleArn,
    externalId: 'another external id'.replaceAll(' ', '-'),
  };
  const bearer = 'Zq7'.repeat(14);

  const broken = clouds.flatMap(cloud =>
    Object.entries(faults).map(([name, fault]) => ({
      accountId: `${name} in ${cloud}`,
      cloud,
      fault: fault(cloud),
      ...(cloud === 'azure' && name.startsWith('echo') && { secret: goodSas }),
    })),
  );
  return [
    ...broken,
    { accountId: 'good', cloud: 's3' },
    { accountId: 'wrong key', cloud: 's3', secret: json({ ...s3, secretAccessKey: bearer }) },
    { accountId: 'wrong token', cloud: 's3', secret: json({ ...s3Role, sessionToken: `x${bearer}` }) },
    { accountId: 'unprotected role', cloud: 's3', record: { destination: role } },
    { accountId: 'wrong external id', cloud: 's3', record: { destination: role } },
    {
      accountId: 'wrong region',
      cloud: 's3',
      record: { destination: { ...destinations.s3, region: 'ap-south-1' } },
    },
    {
      accountId: 'missing bucket',
      cloud: 's3',
      record: { destination: { ...destinations.s3, bucket: 'mistyped' } },
    },
    {
      accountId: 'secret as bucket',
      cloud: 's3',
      record: { destination: { ...destinations.s3, bucket: s3.secretAccessKey } },
    },
    {
      accountId: 'secret as region',
      cloud: 's3',
      record: { destination: { ...destinations.s3, region: s3.secretAccessKey } },
    },
    {
      accountId: 'secret as attribute',
      cloud: 's3',
      record: { destination: { ...destinations.s3, [s3.secretAccessKey]: 1 } },
    },
    { accountId: 'secret as secret id', cloud: 'azure', record: { secretId: `${azure.accountKey}` } },
    {
      accountId: 'unknown key',
      cloud: 'gcs',
      secret: json({ ...serviceAccount, private_key: keyOf('rsa') }),
    },
    {
      accountId: 'key of another kind',
      cloud: 'gcs',
      secret: json({ ...serviceAccount, private_key: keyOf('ec') }),
    },
    {
      accountId: 'cut key',
      cloud: 'gcs',
      secret: json({ ...serviceAccount, private_key: keyOf('rsa').slice(0, 500) }),
    },
    {
      accountId: 'wrong account key',
      cloud: 'azure',
      secret: `AccountName=localmode;AccountKey=${Buffer.alloc(64, bearer).toString('base64')}`,
    },
    { accountId: 'expired SAS', cloud: 'azure', secret: sas('cw', '2001-01-01') },
    { accountId: 'SAS without rights', cloud: 'azure', secret: sas('r', '2099-01-01') },
    {
      accountId: 'half a connection string',
      cloud: 'azure',
      secret: `AccountName=localmode;AccountKey=${bearer};EndpointSuffix=${bearer}`,
    },
    { accountId: 'not JSON', cloud: 's3', secret: `{"accessKeyId": "${bearer}", ` },
  ];
}

/** Whether the request is for an account’s file; a token request names no account. */
function concerns({ path }: SeenRequest, accountId: string): boolean {
  return path.includes(`audit_${Buffer.from(accountId).toString('base64url')}_`);
}
