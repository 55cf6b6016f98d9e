import { Agent } from 'node:http';
import { Socket } from 'node:net';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { toS3Answer } from '../../../lambdas/buckets/s3-failure.ts';

const destination = { type: 's3', bucket: 'acme-audit', region: 'eu-west-4' } as const;
const failed = (fields: object) => Object.assign(new Error('failed'), fields);
const answerTo = (thrown: unknown) => {
  const answer = toS3Answer(thrown, destination);
  return { kind: answer.kind, code: 'failure' in answer && answer.failure.code };
};

test.each([
  { code: 'ECONNREFUSED', syscall: 'connect' },
  { code: 'EHOSTUNREACH', syscall: 'connect' },
  { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
  { code: 'EADDRNOTAVAIL' },
  { code: 'CERT_HAS_EXPIRED' },
  { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
])('a connection that never came to be wrote nothing: $code', fields => {
  expect(answerTo(failed(fields))).toEqual({ kind: 'refused', code: 'network' });
});

test('nor did one that was tried at several addresses', () => {
  const tried = Object.assign(new AggregateError([failed({ code: 'ECONNREFUSED' })]), {
    code: 'ECONNREFUSED',
  });
  expect(answerTo(tried)).toEqual({ kind: 'refused', code: 'network' });
});

test('one that took too long wrote nothing, either', () => {
  const tried = Object.assign(new AggregateError([failed({ code: 'ETIMEDOUT' })]), { code: 'ETIMEDOUT' });
  for (const thrown of [tried, failed({ code: 'ETIMEDOUT', syscall: 'connect' })])
    expect(answerTo(thrown)).toEqual({ kind: 'refused', code: 'no_answer' });
});

test.each([
  { code: 'ECONNRESET' },
  { code: 'ECONNRESET', name: 'TimeoutError', syscall: 'read' },
  { code: 'EPIPE', syscall: 'write' },
  { code: 'EHOSTUNREACH', syscall: 'read' },
])('a connection that broke leaves it open: $code $name $syscall', fields => {
  expect(answerTo(failed(fields))).toEqual({ kind: 'unclear', code: 'network' });
});

test.each([{ code: 'ETIMEDOUT', syscall: 'read' }, { name: 'TimeoutError' }])(
  'a connection that fell silent leaves it open: $code $name $syscall',
  fields => expect(answerTo(failed(fields))).toEqual({ kind: 'unclear', code: 'no_answer' }),
);

test('what is no answer of S3 and none of the network leaves it open, too', () => {
  expect(answerTo(new TypeError('a fault'))).toEqual({ kind: 'unclear', code: 'internal' });
  expect(answerTo('a text')).toEqual({ kind: 'unclear', code: 'internal' });
});

test('the SDK’s own limit for connecting is one after which nothing was sent', async () => {
  const agent = new Agent();
  agent.createConnection = () => Object.assign(new Socket(), { connecting: true });
  const client = new S3Client({
    region: 'eu-west-4',
    endpoint: 'http://127.0.0.1',
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: { httpAgent: agent, connectionTimeout: 10 },
  });
  const put = client.send(new PutObjectCommand({ Bucket: 'acme-audit', Key: 'x', Body: 'x' }));
  const thrown = await put.catch((error: unknown) => error);
  expect(answerTo(thrown)).toEqual({ kind: 'refused', code: 'no_answer' });
  client.destroy();
});

test('a region without a host is to be corrected in the record', () => {
  const answer = toS3Answer(failed({ code: 'ENOTFOUND', syscall: 'getaddrinfo' }), destination);
  expect(answer).toMatchObject({
    kind: 'refused',
    failure: {
      code: 'wrong_region',
      message: expect.stringMatching(/in eu-west-4 \(ENOTFOUND\).*correct the account record/),
    },
  });
});
