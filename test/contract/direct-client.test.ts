import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { sendingDirectly } from '../../lambdas/aws/direct-client.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';

type Reply = (response: ServerResponse) => void;

const put = (id: string) => new PutItemCommand({ TableName: 'T', Item: { id: { S: id } } });
const answer =
  (text: string, headers = {}): Reply =>
  response => {
    response.writeHead(200, headers).end(text);
  };
const refused: Reply = response =>
  response.writeHead(400).end('{"__type":"a#ConditionalCheckFailedException","message":"no"}');
/** Half of an answer, and no more. */
const cut: Reply = response => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"Attributes"', () => response.destroy());
};

describe('a client that sends directly', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** A client of a server that gives these answers, one after the other, and whether each was asked for by the SDK. */
  async function start(...replies: Reply[]) {
    const received: { bySdk: boolean; attempt: string | undefined; body: string }[] = [];
    const server = await startHttpServer(async (request: IncomingMessage, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      const [, attempt] = /^attempt=(\d+)/.exec(String(request.headers['amz-sdk-request'])) ?? [];
      received.push({ bySdk: attempt !== undefined, attempt, body });
      replies.shift()?.(response);
    });
    const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
    const client = sendingDirectly(
      new DynamoDBClient({ endpoint: server.endpoint, region: 'us-east-1', credentials }),
    );
    opened.push({ close: () => client.destroy() }, server);
    return { client, received };
  }

  it('has the SDK send the first command of a kind only', async () => {
    const output = '{"Attributes":{"id":{"S":"1"},"set":{"SS":["a"]}}}';
    const { client, received } = await start(answer('{}'), answer(output), answer('{}'));
    await client.send(put('0'));
    expect(await client.send(put('1'))).toEqual(JSON.parse(output));
    expect(await client.send(put('2'))).toEqual({});
    expect(received.map(({ bySdk }) => bySdk)).toEqual([true, false, false]);
    expect(received.map(({ body }) => JSON.parse(body).Item.id.S)).toEqual(['0', '1', '2']);
  });

  it('fails as the SDK does, without a second request', async () => {
    const { client, received } = await start(answer('{}'), refused);
    await client.send(put('0'));
    await expect(client.send(put('1'))).rejects.toThrow(ConditionalCheckFailedException);
    expect(received).toHaveLength(2);
  });

  it.each<[string, Reply]>([
    ['a lost answer', response => void response.destroy()],
    ['half an answer', cut],
    ['a damaged answer', answer('{"Attributes":{}}', { 'x-amz-crc32': '1' })],
    ['a failure', response => response.writeHead(500).end('{"__type":"InternalServerError"}')],
  ])('counts %s as the SDK’s first attempt', async (_, reply) => {
    const { client, received } = await start(answer('{}'), reply, answer('{"Attributes":{"id":{"S":"1"}}}'));
    await client.send(put('0'));
    expect(await client.send(put('1'))).toMatchObject({ Attributes: { id: { S: '1' } } });
    expect(received.map(({ attempt }) => attempt)).toEqual(['1', undefined, '2']);
    expect(received[2]?.body).toBe(received[1]?.body);
  });

  it('leaves bytes to the SDK, without a second request', async () => {
    const { client, received } = await start(answer('{}'), answer('{"Attributes":{"id":{"B":"AP8="}}}'));
    await client.send(put('0'));
    const { Attributes } = await client.send(put('1'));
    expect(Attributes?.id?.B).toEqual(new Uint8Array([0, 255]));
    expect(received).toHaveLength(2);
  });

  it('leaves every command to the SDK to which that adds something', async () => {
    const { client, received } = await start(answer('{}'), answer('{}'));
    // Without a token of its own; the SDK gives it one.
    const transact = () =>
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'T', Item: { id: { S: '1' } } } }],
      });
    await client.send(transact());
    await client.send(transact());
    expect(received.map(({ bySdk }) => bySdk)).toEqual([true, true]);
    for (const { body } of received) expect(JSON.parse(body).ClientRequestToken).toMatch(/^[\w-]{36}$/);
  });
});
