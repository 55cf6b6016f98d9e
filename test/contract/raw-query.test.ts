import type { IncomingMessage, ServerResponse } from 'node:http';
import { crc32 } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { KeptConnections } from '../../lambdas/aws/kept-connections.ts';
import { RawHttpHandler } from '../../lambdas/aws/raw-http-handler.ts';
import { createRawQuery } from '../../lambdas/aws/raw-query.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';

type Reply = (response: ServerResponse) => void;

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
/** An answer without a length, which the raw handler leaves to the SDK’s own one. */
const chunked =
  (text: string): Reply =>
  response => {
    response.writeHead(200, { 'x-amz-crc32': crc32(text) });
    response.write(text.slice(0, 1));
    response.end(text.slice(1));
  };

describe('queries that are answered in bytes', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** A client of a server that gives these answers in turn. */
  async function start(...replies: Reply[]) {
    const received: { readonly attempt: string | undefined; readonly body: unknown }[] = [];
    let fallbacks = 0;
    const server = await startHttpServer(async (request: IncomingMessage, response) => {
      const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
      const [, attempt] = /^attempt=(\d+)/.exec(String(request.headers['amz-sdk-request'])) ?? [];
      received.push({ attempt, body });
      replies.shift()?.(response);
    });
    const requestHandler = new RawHttpHandler(
      new KeptConnections(),
      { connect: 2_000, answer: 2_000 },
      () => fallbacks++,
    );
    const client = new DynamoDBClient({
      endpoint: server.endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
      requestHandler,
    });
    opened.push({ close: () => client.destroy() }, server);
    const send = createRawQuery(client);
    return {
      received,
      fallbacks: () => fallbacks,
      ask: async (abortSignal = new AbortController().signal, memory = Buffer.alloc) =>
        Buffer.from(await send(query, { memory, abortSignal })).toString(),
    };
  }

  it('ask for what they are given, and answer into the memory that they are given', async () => {
    const { ask, received, fallbacks } = await start(answer('one'), answer('two'));
    const memory = Buffer.alloc(10);
    const signal = new AbortController().signal;
    expect([await ask(signal, () => memory), await ask()]).toEqual(['one', 'two']);
    expect(memory.toString('latin1', 0, 3)).toBe('one');
    expect(received.map(({ body }) => body)).toEqual([query, query]);
    expect(fallbacks()).toBe(0);
  });

  it('are sent twice when the answer has no length, which is told', async () => {
    const { ask, received, fallbacks } = await start(chunked('one'), chunked('one'), answer('two'));
    expect([await ask(), await ask()]).toEqual(['one', 'two']);
    expect(received).toHaveLength(3);
    expect(fallbacks()).toBe(1);
  });

  it.each<[string, Reply]>([
    ['refused for a while', refusal(500, 'InternalServerError')],
    ['not answered', broken],
    ['answered with other bytes than their checksum says', answer('one', 1)],
  ])('are sent again by the SDK when they are %s', async (_, failure) => {
    const { ask, received } = await start(failure, answer('one'));
    expect(await ask()).toBe('one');
    expect(received.map(({ attempt }) => attempt)).toEqual(['1', '2']);
  });

  it('fail with the SDK’s own error, without a second request, when they are refused for good', async () => {
    const { ask, received } = await start(refusal(400, 'AccessDeniedException'));
    await expect(ask()).rejects.toMatchObject({ name: 'AccessDeniedException', $fault: 'client' });
    expect(received).toHaveLength(1);
  });

  it('are not sent again by the SDK when they are throttled', async () => {
    const { ask, received } = await start(refusal(400, 'ThrottlingException'), answer('two'));
    await expect(ask()).rejects.toThrow('no');
    expect(received).toHaveLength(1);
    expect(await ask()).toBe('two');
  });

  it('end when their signal aborts', async () => {
    const { ask } = await start(() => undefined);
    const controller = new AbortController();
    const asking = ask(controller.signal);
    setImmediate(() => controller.abort());
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
  });
});
