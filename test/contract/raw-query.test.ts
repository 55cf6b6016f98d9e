import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { RawHttpHandler } from '../../lambdas/aws/raw-http-handler.ts';
import { createRawQuery } from '../../lambdas/aws/raw-query.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';
import { signedBySdk } from '../property/sdk-signature.ts';

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
type Reply = (response: ServerResponse) => void;

const region = 'eu-central-1';
const credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'secret/key',
  sessionToken: 'session+token',
};
const query = {
  TableName: 'AuditLogs',
  KeyConditionExpression: '#partition = :account',
  ExpressionAttributeNames: { '#partition': 'accountId' },
  ExpressionAttributeValues: { ':account': { S: 'Müller & Söhne' } },
  ExclusiveStartKey: { accountId: { S: 'Müller & Söhne' }, at: { N: '1795334399120' } },
};

const answer =
  (text: string, checksum = crc32(text)): Reply =>
  response => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(text), 'x-amz-crc32': checksum }).end(text);
  };
const refusal =
  (status: number, type: string): Reply =>
  response => {
    const text = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' });
    response.writeHead(status, { 'content-length': text.length }).end(text);
  };
const broken: Reply = response => void response.destroy();

describe('queries that are answered in bytes', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** A client of a server that gives these answers, one after the other. */
  async function start(...replies: Reply[]) {
    const received: Received[] = [];
    const server = await startHttpServer(async (request: IncomingMessage, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      received.push({ headers: request.headers as Record<string, string>, body });
      replies.shift()?.(response);
    });
    const requestHandler = new RawHttpHandler({ connect: 2_000, answer: 2_000 });
    const client = new DynamoDBClient({ endpoint: server.endpoint, region, credentials, requestHandler });
    opened.push({ close: () => client.destroy() }, server);
    const send = createRawQuery(client);
    return {
      client,
      received,
      ask: async (abortSignal = new AbortController().signal) =>
        Buffer.from(await send(query, { memory: Buffer.alloc, abortSignal })).toString(),
    };
  }

  it('are the same whether the SDK makes them or they are made after its model', async () => {
    const { ask, received } = await start(answer('one'), answer('two'), answer('three'));
    expect([await ask(), await ask(), await ask()]).toEqual(['one', 'two', 'three']);
    const [first, ...others] = received;
    expect(first?.headers['amz-sdk-request']).toBeDefined();
    for (const { headers, body } of others) {
      expect(headers['amz-sdk-request']).toBeUndefined();
      expect(JSON.parse(body)).toEqual(JSON.parse(first?.body ?? ''));
      for (const name of ['host', 'content-type', 'x-amz-target', 'user-agent', 'content-length'])
        expect(headers[name], name).toBe(first?.headers[name]);
    }
  });

  it('are signed as the SDK’s own signer does it, by the server’s clock if this one is wrong', async () => {
    const anHour = 3_600_000;
    const before = Date.now();
    const { ask, received } = await start(response => {
      response.setHeader('date', new Date(before + anHour).toUTCString());
      answer('one')(response);
    }, answer('two'));
    await ask();
    await ask();
    const { headers, body } = received[1] as Received;
    const [, ...parts] = /^(....)(..)(..T..)(..)(..Z)$/.exec(headers['x-amz-date'] ?? '') ?? [];
    const [year, month, day, minute, second] = parts;
    const signedAt = Date.parse(`${year}-${month}-${day}:${minute}:${second}`);
    expect(Math.abs(signedAt - before - anHour)).toBeLessThan(60_000);
    const { 'content-type': type = '', 'x-amz-target': target = '', host = '' } = headers;
    const signed = await signedBySdk(
      { host, headers: { 'content-type': type, 'x-amz-target': target }, body },
      credentials,
      { service: 'dynamodb', region, now: signedAt },
    );
    expect(headers.authorization).toBe(signed.authorization);
    expect(headers['x-amz-security-token']).toBe(credentials.sessionToken);
  });

  it.each<[string, Reply]>([
    ['refused for a while', refusal(500, 'InternalServerError')],
    ['not answered', broken],
    ['answered with other bytes than their checksum says', answer('two', 1)],
  ])(
    'are sent again by the SDK when they are %s, and that counts as its first attempt',
    async (_, failure) => {
      const { ask, received } = await start(answer('one'), failure, answer('two'), answer('three'));
      expect([await ask(), await ask(), await ask()]).toEqual(['one', 'two', 'three']);
      expect(received).toHaveLength(4);
      expect(received[2]?.headers['amz-sdk-request']).toMatch(/^attempt=2;/);
    },
  );

  it('fail with the SDK’s own error, without a second request, when they are refused for good', async () => {
    const { ask, received } = await start(answer('one'), refusal(400, 'AccessDeniedException'));
    await ask();
    await expect(ask()).rejects.toMatchObject({ name: 'AccessDeniedException', $fault: 'client' });
    expect(received).toHaveLength(2);
  });

  it('are not sent again by the SDK when they are throttled', async () => {
    const { ask, received } = await start(answer('one'), refusal(400, 'ThrottlingException'), answer('two'));
    await ask();
    await expect(ask()).rejects.toThrow('no');
    expect(received).toHaveLength(2);
    expect(await ask()).toBe('two');
  });

  it('end when their signal aborts', async () => {
    const { ask, received } = await start(answer('one'), () => undefined);
    await ask();
    const controller = new AbortController();
    const asking = ask(controller.signal);
    setImmediate(() => controller.abort());
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    expect(received.length).toBeLessThanOrEqual(2);
  });
});
