import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { LocalServer } from './http-server.ts';
import { addTransactions } from './transactions.ts';

// The package has no types, and is CommonJS that Node and bundlers import differently.
const require = createRequire(import.meta.url);
const dynalite: (options: { createTableMs: number }) => Server = require('dynalite');

/**
 * Dynalite, an implementation of DynamoDB, in this process and in memory, with the transaction in use. Tables are active as soon
 * as created.
 */
export async function startDynamodbServer(): Promise<LocalServer> {
  const server = addTransactions(dynalite({ createTableMs: 0 }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise<void>((resolve, reject) =>
        server.close(error => (error ? reject(error) : resolve())),
      );
      server.closeAllConnections();
      await closed;
    },
  };
}
