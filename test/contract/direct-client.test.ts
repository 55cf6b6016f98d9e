import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { clientOptions } from '../../lambdas/aws/client-options.ts';
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
const failed: Reply = response => response.writeHead(500).end('{"__type":"InternalServerError"}');
const stalled: Reply = response => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"Attributes"');
};
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
      new DynamoDBClient({
        endpoint: server.endpoint,
        region: 'us-east-1',
        credentials,
        requestHandler: { ...clientOptions.requestHandler, socketTimeout: 3_000 },
      }),
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
    ['a failure', failed],
    ['half an answer and silence', stalled],
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

  it('leaves an answer that is no JSON to the SDK', async () => {
    const { client, received } = await start(answer('{}'), answer('<html>'));
    await client.send(put('0'));
    await expect(client.send(put('1'))).rejects.toThrow();
    expect(received).toHaveLength(2);
  });

  it('leaves every command to the SDK to which that adds a token, also after others of its kind', async () => {
    const { client, received } = await start(...Array(4).fill(answer('{}')));
    const transact = (own: object) =>
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName: 'T', Item: { id: { S: '1' } } } }],
        ...own,
      });
    await client.send(transact({}));
    await client.send(transact({ ClientRequestToken: 'one' }));
    await client.send(transact({ ClientRequestToken: 'two' }));
    await client.send(transact({}));
    expect(received.map(({ bySdk }) => bySdk)).toEqual([true, true, false, true]);
    const tokens = received.map(({ body }) => JSON.parse(body).ClientRequestToken);
    expect(tokens).toEqual([expect.any(String), 'one', 'two', expect.any(String)]);
  });

  it('leaves a command with bytes to the SDK, also after others of its kind', async () => {
    const { client, received } = await start(answer('{}'), answer('{}'));
    await client.send(put('0'));
    const bytes = { id: { S: '1' }, bytes: { B: new Uint8Array([0, 255]) } };
    await client.send(new PutItemCommand({ TableName: 'T', Item: bytes }));
    expect(received[1]).toMatchObject({ bySdk: true });
    expect(JSON.parse(received[1]?.body ?? '').Item.bytes).toEqual({ B: 'AP8=' });
  });

  it('has the SDK send the first command to each table', async () => {
    const { client, received } = await start(...Array(3).fill(answer('{}')));
    for (const TableName of ['T', 'U', 'T'])
      await client.send(new PutItemCommand({ TableName, Item: { id: { S: '1' } } }));
    expect(received.map(({ bySdk }) => bySdk)).toEqual([true, true, false]);
  });

  it('takes the same command again and again', async () => {
    const { client, received } = await start(answer('{}'), failed, answer('{}'), failed, answer('{}'));
    const command = put('0');
    for (let times = 0; times < 3; times++) await client.send(command);
    expect(received).toHaveLength(5);
  });

  it('has a request whose signature was refused signed by the SDK', async () => {
    const refusal = '{"__type":"a#InvalidSignatureException","message":"Signature expired"}';
    const { client, received } = await start(
      answer('{}'),
      response => response.writeHead(400).end(refusal),
      answer('{}'),
    );
    await client.send(put('0'));
    await client.send(put('1'));
    expect(received.map(({ attempt }) => attempt)).toEqual(['1', undefined, '1']);
  });

  it('earns back what retries have cost', async () => {
    const twoRetries = [failed, failed, answer('{}')];
    const successes = 50;
    const { client } = await start(
      answer('{}'),
      ...twoRetries,
      ...twoRetries,
      ...Array(successes).fill(answer('{}')),
    );
    const strategy = (await client.config.retryStrategy()) as unknown as { getCapacity(): number };
    const capacity = strategy.getCapacity();
    for (let id = 0; id < 3; id++) await client.send(put(String(id)));
    expect(strategy.getCapacity()).toBeLessThan(capacity);
    for (let id = 0; id < successes; id++) await client.send(put(String(id)));
    expect(strategy.getCapacity()).toBe(capacity);
  });
});
