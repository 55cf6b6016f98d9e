import type { IncomingMessage } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, it } from 'vitest';
import { KeptConnections, KeptHttpHandler } from '../../lambdas/aws/kept-connections.ts';
import { RawHttpHandler } from '../../lambdas/aws/raw-http-handler.ts';
import { createRawQuery } from '../../lambdas/aws/raw-query.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { freezeBehind } from './freezes.ts';

const answers: Readonly<Record<string, object>> = {
  GetItem: { Item: {} },
  Query: { Items: [] },
  SendMessageBatch: { Successful: [{ Id: '0' }] },
};

describe('connections that are kept while a function is frozen', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  /** A function’s clients for a server, and a clock that only the test moves. */
  async function start(kind: 'reset' | 'silent') {
    const server = await startHttpServer(async (request: IncomingMessage, response) => {
      await request.toArray();
      const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
      const text = JSON.stringify(answers[operation]);
      response.writeHead(200, { 'content-length': text.length }).end(text);
    });
    const proxy = await startFaultProxy(server.endpoint);
    let now = 0;
    const connections = new KeptConnections([() => 0, () => now]);
    const options = {
      endpoint: proxy.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
      requestHandler: new KeptHttpHandler(connections, {
        requestTimeout: 4_000,
        throwOnRequestTimeout: true,
      }),
    };
    const dynamodb = new DynamoDBClient(options);
    const sqs = new SQSClient({ ...options, md5: false });
    const raw = new DynamoDBClient({
      ...options,
      requestHandler: new RawHttpHandler(connections, { connect: 4_000, answer: 4_000 }),
    });
    opened.push({ close: () => [dynamodb, raw].map(client => client.destroy()) }, proxy, server);
    const query = createRawQuery(raw);
    const { signal: abortSignal } = new AbortController();
    const item = () => dynamodb.send(new GetItemCommand({ TableName: 'T', Key: { id: { S: '1' } } }));
    const page = () => query({ TableName: 'T' }, { memory: Buffer.alloc, abortSignal });
    const batch = () =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: `${proxy.endpoint}/1/q`,
          Entries: [{ Id: '0', MessageBody: '' }],
        }),
      );
    const many = (number: number, send: () => Promise<unknown>) =>
      Promise.all(Array.from({ length: number }, send));
    /** 56 concurrent requests, so that as many connections stay open. */
    const busy = () => Promise.all([many(50, batch), many(4, item), many(2, page)]);
    const { freeze, ...seen } = freezeBehind([proxy], kind);
    return {
      ...seen,
      ...{ item, page, batch, many, busy },
      /** Freezes the function for so long; all its connections are lost. */
      freeze(milliseconds: number) {
        freeze();
        now += milliseconds;
        connections.beginInvocation();
      },
      invoke(milliseconds: number) {
        now += milliseconds;
        connections.beginInvocation();
      },
    };
  }

  it.each(['reset', 'silent'] as const)('cost one request when they end in %s', async kind => {
    const { item, page, busy, freeze, lost, connections } = await start(kind);
    await busy();
    expect(connections()).toBeGreaterThan(50);
    for (const first of [item, page]) {
      const before = lost();
      freeze(100);
      await first();
      await busy();
      expect(lost() - before).toBe(1);
    }
  });

  it.each(['reset', 'silent'] as const)(
    'cost one request when they end in %s, however many requests come at once',
    async kind => {
      const { item, many, busy, freeze, lost } = await start(kind);
      await busy();
      freeze(100);
      await many(50, item);
      expect(lost()).toBe(1);
    },
  );

  it('cost nothing after a long freeze', async () => {
    const { busy, freeze, lost } = await start('silent');
    await busy();
    freeze(60_000);
    await busy();
    expect(lost()).toBe(0);
  });

  it('are used again when none is lost', async () => {
    const { item, page, busy, invoke, connections } = await start('reset');
    await busy();
    const before = connections();
    for (let invocation = 0; invocation < 3; invocation++) {
      invoke(1_000);
      for (let request = 0; request < 3; request++) {
        await item();
        await page();
      }
    }
    expect(connections()).toBe(before);
  });

  it('are used again by many requests within an invocation', async () => {
    const { busy, connections } = await start('reset');
    for (let time = 0; time < 3; time++) await busy();
    expect(connections()).toBeLessThanOrEqual(56);
  });
});
