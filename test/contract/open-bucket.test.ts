import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openBucket } from '../../lambdas/buckets/open-bucket.ts';
import type { Destination } from '../../lambdas/domain/account.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';
import { type S3Server, startS3Server } from '../../local/servers/s3-server.ts';
import { type StsServer, startStsServer } from '../../local/servers/sts-server.ts';
import { noise, object, unwatched } from './contract-objects.ts';

const temporary = {
  accessKeyId: 'ASIATEMPORARY0000001',
  secretAccessKey: 'tEmp0rary/sEcret+k3y',
  sessionToken: 't0ken-of-the-session',
};
const customers = {
  type: 's3',
  accessKeyId: 'AKIACUSTOMER00000001',
  secretAccessKey: 'cUst0mer/sEcret+k3y',
} as const;
const roleArn = 'arn:aws:iam::123456789012:role/siem-export';
const destination = { type: 's3', bucket: 'their-bucket', region: 'eu-central-1' } as const;

describe('opening the bucket of a destination', () => {
  let s3: S3Server;
  let sts: StsServer;

  beforeAll(async () => {
    sts = await startStsServer(new Map([[roleArn, { externalId: 'account-7', credentials: temporary }]]));
    s3 = await startS3Server({
      credentials: [temporary, customers],
      buckets: [{ name: destination.bucket, region: destination.region }],
    });
  });
  afterAll(async () => {
    await s3?.close();
    await sts?.close();
  });
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOURSELVES0000001');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'oUr/0wn+Secret5k3y7');
    vi.stubEnv('AWS_REGION', 'us-west-2');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const open = (wanted: Destination, credential?: Parameters<typeof openBucket>[0]['credential']) =>
    openBucket({
      destination: wanted,
      credential,
      endpoints: { s3: s3.endpoint, sts: sts.endpoint },
      sessionName: 'siem-export',
      exporter: { region: 'us-east-1' },
    });

  test('S3 with the customer’s access key', async () => {
    const bucket = await open(destination, customers);
    expect(await bucket.create(object('by-key.zip', noise(100)), unwatched)).toEqual({ kind: 'created' });
    bucket.close();
  });

  test.each([
    ['that of the role’s account', { roleArn, externalId: 'account-7' }, '123456789012'],
    [
      'the one that the record names',
      { roleArn, externalId: 'account-7', expectedBucketOwner: '444455556666' },
      '444455556666',
    ],
    ['nobody’s in particular with an access key', {}, undefined],
  ])('S3 only if the bucket is %s', async (_, change, owner) => {
    const owners: unknown[] = [];
    const answering = await startHttpServer((request, response) => {
      owners.push(request.headers['x-amz-expected-bucket-owner']);
      response.writeHead(200, { etag: '"1"' }).end();
    });
    const bucket = await openBucket({
      destination: { ...destination, ...change },
      credential: customers,
      endpoints: { s3: answering.endpoint, sts: sts.endpoint },
      sessionName: 'siem-export',
      exporter: { region: 'us-east-1' },
    });
    await bucket.create(object('owned.zip', noise(100)), unwatched);
    bucket.close();
    await answering.close();
    expect(owners).toEqual([owner]);
  });

  test('S3 with the customer’s role and no credential', async () => {
    const bucket = await open({ ...destination, roleArn, externalId: 'account-7' });
    expect(await bucket.create(object('by-role.zip', noise(100)), unwatched)).toEqual({ kind: 'created' });
    bucket.close();
    // Neither the region of the bucket nor that of this process.
    expect(new Set(sts.requests.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
  });

  test('passes on why a role does not let us in', async () => {
    const opening = open({ ...destination, roleArn, externalId: 'account-8' });
    await expect(opening).rejects.toMatchObject({ name: 'ExportError', code: 'credentials_rejected' });
  });

  test.each<Destination>([
    destination,
    { type: 'gcs', bucket: 'their-bucket' },
    { type: 'azure', storageAccount: 'theiraccount', container: 'their-bucket' },
  ])('refuses $type with no credential, or with one of another cloud', async wanted => {
    await expect(open(wanted)).rejects.toMatchObject({ code: 'secret_invalid' });
    const foreign =
      wanted.type === 's3' ? { type: 'gcs' as const, clientEmail: 'a@b.c', privateKey: 'x' } : customers;
    await expect(open(wanted, foreign)).rejects.toThrow('their-bucket');
  });
});
