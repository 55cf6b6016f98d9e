import { request as forward, type IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { startHttpServer } from '../../local/servers/http-server.ts';

/** The number of calls by service, operation and, for DynamoDB, table: `dynamodb GetItem Accounts`. */
export type Calls = Readonly<Record<string, number>>;

/** Starts a proxy in front of each server. The proxies count the requests that they forward. */
export async function startCountingProxies(targets: Readonly<Record<string, string>>) {
  let calls: Record<string, number> = {};
  const control = await startHttpServer((_, response) => {
    calls = {};
    response.end();
  });
  const proxies = Object.fromEntries(
    await Promise.all(
      Object.entries(targets).map(async ([name, target]) => [name, await proxyTo(name, target)] as const),
    ),
  );
  return {
    endpoints: Object.fromEntries(Object.entries(proxies).map(([name, { endpoint }]) => [name, endpoint])),
    /** A request to this URL resets the counts. */
    forgetUrl: `${control.endpoint}/`,
    calls: (): Calls => calls,
    async close() {
      await Promise.all([control, ...Object.values(proxies)].map(server => server.close()));
    },
  };

  async function proxyTo(name: string, target: string) {
    const { hostname, port, pathname } = new URL(target);
    const server = await startHttpServer(async (request, response) => {
      try {
        const body = Buffer.concat(await request.toArray());
        const call = `${name} ${operationOf(request, body)}`;
        calls[call] = (calls[call] ?? 0) + 1;
        const { method, url, headers } = request;
        const onward = forward({ hostname, port, method, path: url, headers });
        const answered = new Promise<IncomingMessage>((resolve, reject) =>
          onward.on('response', resolve).on('error', reject),
        );
        onward.end(body);
        const answer = await answered;
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        await pipeline(answer, response);
      } catch (thrown) {
        response.destroy(thrown instanceof Error ? thrown : undefined);
      }
    });
    // The path of Azurite's endpoint is the storage account.
    return { ...server, endpoint: `${server.endpoint}${pathname === '/' ? '' : pathname}` };
  }
}

function operationOf({ method, headers }: IncomingMessage, body: Buffer): string {
  const operation = String(headers['x-amz-target'] ?? method).replace(/^.*\./, '');
  const [, table] = /"TableName":"([^"]+)"/.exec(body.toString('latin1')) ?? [];
  return table === undefined ? operation : `${operation} ${table}`;
}
