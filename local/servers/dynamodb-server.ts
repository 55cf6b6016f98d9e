import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type LocalServer, listen } from './http-server.ts';
import { addTransactions } from './transactions.ts';

// The package has no types, and is CommonJS that Node and bundlers import differently.
const require = createRequire(import.meta.url);
const dynalite: (options: { createTableMs: number }) => Server = require('dynalite');

/**
 * Dynalite, an implementation of DynamoDB, in this process and in memory, with the transaction in use. Tables are active
 * soon after they were created, not at once.
 */
export function startDynamodbServer(): Promise<LocalServer> {
  return listen(addTransactions(dynalite({ createTableMs: 0 })));
}
