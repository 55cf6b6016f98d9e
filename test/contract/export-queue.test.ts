import type { RequestListener } from 'node:http';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExportQueue } from '../../lambdas/aws/export-queue.ts';
import { parseMessage } from '../../lambdas/domain/export-message.ts';
import { type LocalServer, startHttpServer } from '../../local/servers/http-server.ts';
import { startSqsServer } from '../../local/servers/sqs-server.ts';

const region = 'us-east-1';
const credentials = { accessKeyId: 'contract', secretAccessKey: 'contract' };
const tick = Date.parse('2026-11-22T12:00:00Z');

/** As the dispatcher opens it. */
const queueAt = (queueUrl: string) =>
  openExportQueue(queueUrl, {
    endpoint: new URL(queueUrl).origin,
    region,
    credentials,
    maxAttempts: 1,
    md5: false,
  });

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
    expect(await queueAt(queueUrl).sendBatch(messagesFor(...accountIds), 0)).toEqual([]);
    expect((await received()).toSorted()).toEqual(accountIds.toSorted());
  });

  it('are held back for the delay', async () => {
    await queueAt(queueUrl).sendBatch(messagesFor('later'), 900);
    expect(await received()).toEqual([]);
  });

  it('to a queue that is not there are an error with SQS’s code', async () => {
    const missing = queueAt(queueUrl.replace(/batches$/, 'missing'));
    await expect(missing.sendBatch(messagesFor('acme'), 0)).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
    });
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

  it('what SQS refuses, or does not mention, is answered', async () => {
    const queueUrl = await queueThat((_, response) =>
      response.end(
        JSON.stringify({ Successful: [{ Id: '1' }], Failed: [{ Id: '0', Code: 'InternalError' }] }),
      ),
    );
    expect(await queueAt(queueUrl).sendBatch(messagesFor('refused', 'taken', 'forgotten'), 0)).toEqual(
      messagesFor('refused', 'forgotten'),
    );
  });

  it('nobody knows what became when the connection breaks: that is an error', async () => {
    const queueUrl = await queueThat((_, response) => response.destroy());
    await expect(queueAt(queueUrl).sendBatch(messagesFor('acme'), 0)).rejects.toThrow();
    const cutShort = await queueThat((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"Successful":');
      response.destroy();
    });
    await expect(queueAt(cutShort).sendBatch(messagesFor('acme'), 0)).rejects.toThrow();
  });
});
