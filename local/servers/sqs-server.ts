import { buildApp } from 'fauxqs';
import type { LocalServer } from './http-server.ts';

const answersWithQueueUrls = new Set(['CreateQueue', 'GetQueueUrl', 'ListQueues']);

/**
 * Fauxqs, an emulator of Amazon SQS, in this process and in memory. It names a host in its queue URLs that does not
 * resolve everywhere, and the SDK sends requests to the host of the queue URL; here that is the server's own address.
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
