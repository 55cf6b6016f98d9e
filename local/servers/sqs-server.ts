import { buildApp } from 'fauxqs';
import type { LocalServer } from './http-server.ts';

const answersWithQueueUrls = new Set(['CreateQueue', 'GetQueueUrl', 'ListQueues']);

/**
 * Starts fauxqs, an emulator of Amazon SQS, in memory. Its queue URLs contain a host name that does not resolve on
 * every machine, and the SDK sends requests to that host; so the URLs are rewritten to the server’s own address.
 */
export async function startSqsServer(): Promise<LocalServer> {
  const app = buildApp({ logger: false });
  app.addHook('onSend', async (request, _reply, payload) => {
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    if (typeof payload !== 'string' || !answersWithQueueUrls.has(operation)) return payload;
    return payload.replaceAll(/http:\/\/sqs\.[a-z0-9-]+\.localhost:/g, 'http://127.0.0.1:');
  });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  return { endpoint, close: async () => app.close() };
}
