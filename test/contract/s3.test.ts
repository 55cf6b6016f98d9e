/**
 * The contract suite on S3: on a server in this process, or on one that the environment names.
 *
 * - `CONTRACT_S3_ENDPOINT`: the server's URL, for example `http://127.0.0.1:9000`; buckets are addressed in the path
 * - `CONTRACT_S3_ACCESS_KEY_ID`, `CONTRACT_S3_SECRET_ACCESS_KEY`: a key that may write, read, and list uploads
 * - `CONTRACT_S3_BUCKET`: created if it is missing; default `siem-export-contract`
 * - `CONTRACT_S3_REGION`: the bucket's; default `us-east-1`
 * - `CONTRACT_S3_DENIED_BUCKET`: a bucket that exists and that the key may not write; without it "denied" is skipped
 * - `CONTRACT_S3_CHECKS_REGION`: `true` if the server refuses a signature for another region; else that is skipped
 */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { created } from '../../lambdas/buckets/bucket.ts';
import type { ExportError } from '../../lambdas/domain/failure.ts';
import { describeBucketContract } from './bucket-contract.ts';
import { manyParts, noise, object, unwatched } from './contract-objects.ts';
import { contractSetting } from './contract-setting.ts';
import {
  connectToExternalS3,
  otherRegion,
  type S3ContractServer,
  startEmbeddedS3,
} from './s3-contract-server.ts';

const endpoint = process.env.CONTRACT_S3_ENDPOINT;
const serverName = endpoint ?? 'the embedded S3 server';
const start = () => (endpoint === undefined ? startEmbeddedS3() : connectToExternalS3(endpoint, process.env));

describeBucketContract(serverName, start);

describe(`the S3 driver on ${serverName}`, () => {
  let server: S3ContractServer;
  const setting = contractSetting(async () => {
    server = await start();
    return server;
  });
  const small = () => object(`${setting.folder}/small.zip`, noise(1_000));
  const large = () => object(`${setting.folder}/large.zip`, noise(manyParts));
  const refusal = (code: string) => `<Error><Code>${code}</Code><Message>refused</Message></Error>`;

  describe('names the region', () => {
    test('that the record should have, when the answer tells', async context => {
      setting.plays('wrong-region', context);
      const bucket = await setting.open({ fault: 'wrong-region' });
      const creation = bucket.create(small(), unwatched);
      const failure = await setting.expectFailure(creation, 'wrong_region', { fault: 'wrong-region' });
      expect(failure.message).toContain(`is in ${server.region}, not in ${otherRegion(server.region)}`);
    });
  });

  describe('sends', () => {
    test('the expected owner with every request, and denials mention it', async () => {
      const bucket = server.openWith({
        endpoint: setting.proxy.endpoint,
        destination: { expectedBucketOwner: '123456789012' },
      });
      // A server that checks the owner would refuse this one, so no real S3 is contacted.
      setting.proxy.onRequest = ({ path }) => ({
        kind: 'answer',
        status: 200,
        headers: { etag: '"1"' },
        body: path.includes('uploads')
          ? '<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>'
          : '<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>',
      });
      expect(await bucket.create(large(), unwatched)).toEqual(created);
      expect(setting.proxy.requests.length).toBeGreaterThan(4);
      for (const { headers } of setting.proxy.requests)
        expect(headers['x-amz-expected-bucket-owner']).toBe('123456789012');
      setting.proxy.onRequest = () => ({ kind: 'answer', status: 403, body: refusal('AccessDenied') });
      const denied = await setting.expectFailure(bucket.create(small(), unwatched), 'access_denied');
      expect(denied.message).toMatch(/s3:PutObject on .*\/audit\/\*.*account 123456789012/);
      bucket.close();
    });

    test('the KMS key, and denials mention its permission', async () => {
      const kmsKeyId = 'arn:aws:kms:eu-central-1:123456789012:key/1234';
      const bucket = server.openWith({ endpoint: setting.proxy.endpoint, destination: { kmsKeyId } });
      setting.proxy.onRequest = () => ({ kind: 'answer', status: 403, body: refusal('AccessDenied') });
      for (const newObject of [small(), large()]) {
        const denied = await setting.expectFailure(bucket.create(newObject, unwatched), 'access_denied');
        expect(denied.message).toContain('kms:GenerateDataKey');
      }
      expect(setting.proxy.requests.map(({ method }) => method)).toEqual(['PUT', 'POST']);
      for (const { headers } of setting.proxy.requests) {
        expect(headers['x-amz-server-side-encryption']).toBe('aws:kms');
        expect(headers['x-amz-server-side-encryption-aws-kms-key-id']).toBe(kmsKeyId);
      }
      bucket.close();
    });

    test('no request outside the connections that are kept, which alone look hosts up as they must', async () => {
      const bucket = server.openWith({ endpoint: setting.proxy.endpoint, partSize: 8 * 1024 * 1024 });
      await bucket.create(object(`${setting.folder}/one.zip`, noise(3 * 1024 * 1024)), unwatched);
      await bucket.create(large(), unwatched);
      expect(setting.proxy.requests.length).toBeGreaterThan(4);
      for (const { headers } of setting.proxy.requests)
        expect(headers).toMatchObject({ connection: 'keep-alive' });
      bucket.close();
    });

    test('a checksum with all bytes of the object, and the condition with the request that creates it, whatever the environment says', async () => {
      vi.stubEnv('AWS_REQUEST_CHECKSUM_CALCULATION', 'WHEN_REQUIRED');
      onTestFinished(() => void vi.unstubAllEnvs());
      const bucket = await setting.openThroughProxy();
      await bucket.create(small(), unwatched);
      await bucket.create(large(), unwatched);
      const { requests } = setting.proxy;
      const writing = requests.filter(({ method }) => method === 'PUT');
      expect(writing.length).toBeGreaterThan(3);
      for (const { headers } of writing) expect(headers['x-amz-checksum-crc32']).toMatch(/^[\w+/]{6}==$/);
      const conditional = requests.filter(({ headers }) => headers['if-none-match'] === '*');
      expect(conditional.map(({ method, path }) => [method, /uploadId=/.test(path)])).toEqual([
        ['PUT', false],
        ['POST', true],
      ]);
    });
  });

  describe('when two write at once (409)', () => {
    const conflict = { kind: 'answer', status: 409, body: refusal('ConditionalRequestConflict') } as const;

    test.each([
      ['small', small],
      ['large', large],
    ])('tries again to create a %s object', async (_size, newObject) => {
      let conflicts = 0;
      setting.proxy.onRequest = ({ headers }) =>
        headers['if-none-match'] === '*' && conflicts++ < 2 ? conflict : { kind: 'pass' };
      const bucket = await setting.openThroughProxy();
      expect(await bucket.create(newObject(), unwatched)).toEqual(created);
      expect(conflicts).toBe(3);
    });

    test('knows that an object which then exists is not its own', async () => {
      const theirs = small();
      await server.put(theirs.key, Buffer.from('theirs'));
      let conflicts = 0;
      setting.proxy.onRequest = () => (conflicts++ === 0 ? conflict : { kind: 'pass' });
      const bucket = await setting.openThroughProxy();
      expect(await bucket.create(theirs, unwatched)).toMatchObject({ kind: 'exists', afterUnclear: false });
    });

    test('leaves it to the next export when the conflict stays', async () => {
      setting.proxy.onRequest = ({ headers }) =>
        headers['if-none-match'] === '*' ? conflict : { kind: 'pass' };
      const bucket = await setting.openThroughProxy();
      await setting.expectFailure(bucket.create(large(), unwatched), 'destination_unavailable', {
        kind: 'refused',
      });
      await setting.expectNothingUnfinished();
    });
  });

  test('does not say what became of an upload that is gone after a lost answer', async () => {
    const gone = { kind: 'answer', status: 404, body: refusal('NoSuchUpload') } as const;
    let completions = 0;
    setting.proxy.onRequest = request => {
      if (!server.creates(request)) return { kind: 'pass' };
      return completions++ === 0 ? { kind: 'lose-answer' } : gone;
    };
    const bucket = await setting.openThroughProxy();
    const wanted = large();
    await setting.expectFailure(bucket.create(wanted, unwatched), 'destination_unavailable', {
      kind: 'unclear',
    });
    setting.proxy.onRequest = () => ({ kind: 'pass' });
    const next = await bucket.create({ ...large(), key: wanted.key }, unwatched);
    expect(next).toMatchObject({ kind: 'exists', afterUnclear: false });
    await setting.expectNothingUnfinished();
  });

  test('an upload that cannot be removed is reported beside the failure itself', async () => {
    const leftovers: ExportError[] = [];
    const bucket = server.openWith({
      endpoint: setting.proxy.endpoint,
      onLeftover: failure => leftovers.push(failure),
    });
    const wanted = large();
    setting.proxy.onRequest = ({ method }) =>
      method === 'POST' ? { kind: 'pass' } : { kind: 'answer', status: 403, body: refusal('AccessDenied') };
    await setting.expectFailure(bucket.create(wanted, unwatched), 'access_denied');
    expect(leftovers).toHaveLength(1);
    expect(leftovers[0]?.message).toContain(wanted.key);
    expect(leftovers[0]?.message).toContain('AbortIncompleteMultipartUpload');
    bucket.close();
  });

  test('a part for which no success can be read is not one of the object', async () => {
    setting.proxy.onRequest = ({ method }) =>
      method === 'PUT' ? { kind: 'answer', status: 200 } : { kind: 'pass' };
    const bucket = await setting.openThroughProxy();
    await setting.expectFailure(bucket.create(large(), unwatched), 'destination_unavailable', {
      kind: 'refused',
    });
    await setting.expectNothingUnfinished();
  });

  test('a failure tells the code and the status of the answer as its cause', async () => {
    setting.proxy.onRequest = () => ({ kind: 'answer', status: 400, body: refusal('ExpiredToken') });
    const bucket = await setting.openThroughProxy();
    const failure = await setting.expectFailure(bucket.create(small(), unwatched), 'credentials_rejected');
    expect(failure.cause).toMatchObject({ name: 'ExpiredToken', status: 400 });
  });
});
