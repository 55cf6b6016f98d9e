import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMessageBatches } from '../../lambdas/aws/message-batches.ts';
import { connectToSqs, type SqsConnectionOptions } from '../../lambdas/aws/sqs-connection.ts';
import { parseMessage } from '../../lambdas/domain/export-message.ts';
import { type LocalServer, startHttpServer } from '../../local/servers/http-server.ts';
import { startSqsServer } from '../../local/servers/sqs-server.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'contract', secretAccessKey: 'contract' };
const tick = Date.parse('2026-11-22T12:00:00Z');

function batchesTo(queueUrl: string, timeouts?: SqsConnectionOptions['timeouts']) {
  const post = connectToSqs({
    queueUrl,
    region: async () => region,
    credential: async () => ({ ...credentials, sessionToken: 'token' }),
    now: Date.now,
    connections: 2,
    ...(timeouts && { timeouts }),
  });
  return createMessageBatches({ post, queueUrl });
}

const messagesFor = (...accountIds: string[]) => accountIds.map(accountId => ({ accountId, tick }));

describe('batches of messages', () => {
  let server: LocalServer;
  let client: SQSClient;
  let queueUrl: string;
  beforeAll(async () => {
    server = await startSqsServer();
    client = new SQSClient({ endpoint: server.endpoint, region, credentials });
    const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: 'batches' }));
    queueUrl = QueueUrl ?? expect.fail('no queue');
  });
  afterAll(async () => {
    client?.destroy();
    await server?.close();
  });

  async function received(): Promise<string[]> {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    return Messages.map(({ Body = '' }) => parseMessage(Body).accountId);
  }

  it('arrive whole, whatever the accounts are called', async () => {
    const accountIds = ['acme', 'ünï/🚀', 'a"b\\c\n', '\u0000\uffff'];
    expect(await batchesTo(queueUrl).sendBatch(messagesFor(...accountIds), 0)).toEqual([]);
    expect((await received()).toSorted()).toEqual(accountIds.toSorted());
  });

  it('are held back for the delay', async () => {
    await batchesTo(queueUrl).sendBatch(messagesFor('later'), 900);
    expect(await received()).toEqual([]);
  });

  it('to a queue that is not there are an error with SQS’s code', async () => {
    const missing = batchesTo(queueUrl.replace(/batches$/, 'missing'));
    await expect(missing.sendBatch(messagesFor('acme'), 0)).rejects.toThrow(
      'SQS answered 400 QueueDoesNotExist',
    );
  });
});

describe('of a batch', () => {
  const servers: LocalServer[] = [];
  afterAll(async () => {
    for (const server of servers) await server.close();
  });

  async function queueThat(listener: RequestListener): Promise<string> {
    const server = await startHttpServer(listener);
    servers.push(server);
    return `${server.endpoint}/123456789012/queue`;
  }

  it('the connection is used again for the next one', async () => {
    const connections = new Set<object>();
    const queueUrl = await queueThat((request, response) => {
      connections.add(request.socket);
      response.end(JSON.stringify({ Successful: [{ Id: '0' }] }));
    });
    const batches = batchesTo(queueUrl);
    for (const accountId of ['one', 'two', 'three'])
      expect(await batches.sendBatch(messagesFor(accountId), 0)).toEqual([]);
    expect(connections.size).toBe(1);
  });

  it('what SQS refuses, or does not mention, is answered', async () => {
    const queueUrl = await queueThat((_, response) =>
      response.end(
        JSON.stringify({ Successful: [{ Id: '1' }], Failed: [{ Id: '0', Code: 'InternalError' }] }),
      ),
    );
    expect(await batchesTo(queueUrl).sendBatch(messagesFor('refused', 'taken', 'forgotten'), 0)).toEqual(
      messagesFor('refused', 'forgotten'),
    );
  });

  it('no word of a refusal is told but its code: AWS repeats the headers, and with them the token', async () => {
    const queueUrl = await queueThat((_, response) => {
      response.writeHead(403);
      response.end('{"__type":"com.amazon#SignatureDoesNotMatch","message":"x-amz-security-token:token"}');
    });
    const refusal = batchesTo(queueUrl).sendBatch(messagesFor('acme'), 0);
    await expect(refusal).rejects.toThrow(/^SQS answered 403 SignatureDoesNotMatch$/);
  });

  it('one more attempt is enough when every connection that waits was lost, as after a freeze of the function', async () => {
    const known = new Set<object>();
    let frozen = false;
    const queueUrl = await queueThat((request, response) => {
      if (frozen && known.has(request.socket)) return void request.socket.resetAndDestroy();
      known.add(request.socket);
      response.end(JSON.stringify({ Successful: [{ Id: '0' }] }));
    });
    const batches = batchesTo(queueUrl);
    await Promise.all(['one', 'two'].map(accountId => batches.sendBatch(messagesFor(accountId), 0)));
    frozen = true;
    await expect(batches.sendBatch(messagesFor('acme'), 0)).rejects.toThrow();
    expect(await batches.sendBatch(messagesFor('acme'), 0)).toEqual([]);
  });

  it('nobody knows what became when the connection breaks: that is an error', async () => {
    const queueUrl = await queueThat((_, response) => response.destroy());
    await expect(batchesTo(queueUrl).sendBatch(messagesFor('acme'), 0)).rejects.toThrow();
    const cutShort = await queueThat((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"Successful":');
      response.destroy();
    });
    await expect(batchesTo(cutShort).sendBatch(messagesFor('acme'), 0)).rejects.toThrow();
  });

  it('a connection that does not come to stand, and an answer that does not come, are errors in good time', async () => {
    // Takes connections, and never says the word that encryption needs.
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const noConnection = batchesTo(`https://127.0.0.1:${port}/123456789012/queue`, {
      connectionTimeout: 20,
      requestTimeout: 60_000,
    });
    await expect(noConnection.sendBatch(messagesFor('acme'), 0)).rejects.toThrow(
      `No connection to 127.0.0.1:${port} within 20 ms`,
    );
    mute.close();
    const noAnswer = batchesTo(await queueThat(() => undefined), {
      connectionTimeout: 60_000,
      requestTimeout: 20,
    });
    await expect(noAnswer.sendBatch(messagesFor('acme'), 0)).rejects.toThrow('SQS did not answer in time');
  });
});
