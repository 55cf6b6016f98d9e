import type { ServerResponse } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { clientOptions, timeouts } from '../../lambdas/aws/client-options.ts';
import { KeptConnections, KeptHttpHandler } from '../../lambdas/aws/kept-connections.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';

type Reply = (response: ServerResponse) => void;

const whole: Reply = response => {
  response.writeHead(200).end('{"Item":{"id":{"S":"1"}}}');
};
const begin = (response: ServerResponse, then?: () => void) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('{"Item"', then);
};

describe('a client of a function', () => {
  const opened: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
  });

  it.each<[string, Reply]>([
    ['is lost', response => void response.destroy()],
    ['breaks off', response => begin(response, () => response.destroy())],
    ['stops coming', response => begin(response)],
    ['does not come', () => undefined],
    ['is a failure', response => response.writeHead(500).end('{"__type":"InternalServerError"}')],
  ])('asks again when an answer %s', async (_, reply) => {
    const replies = [reply, whole];
    const server = await startHttpServer((_, response) => replies.shift()?.(response));
    const connections = new KeptConnections();
    const shorter = { ...timeouts, requestTimeout: 200, socketTimeout: 200 };
    const client = new DynamoDBClient({
      ...clientOptions(connections),
      requestHandler: new KeptHttpHandler(connections, shorter),
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'contract', secretAccessKey: 'contract' },
    });
    opened.push({ close: () => client.destroy() }, server);
    const { Item } = await client.send(new GetItemCommand({ TableName: 'T', Key: { id: { S: '1' } } }));
    expect(Item).toEqual({ id: { S: '1' } });
  });
});
