import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { type LocalServer, listen } from './http-server.ts';
import { addTransactions } from './transactions.ts';

// The package has no types; Node and bundlers import its CommonJS form differently.
const require = createRequire(import.meta.url);
const dynalite: (options: { createTableMs: number }) => Server = require('dynalite');

/**
 * Starts Dynalite, an implementation of DynamoDB, in memory, with the one kind of transaction that the ledger uses.
 * Tables become active shortly after their creation, not at once.
 */
export function startDynamodbServer(): Promise<LocalServer> {
  return listen(addTransactions(dynalite({ createTableMs: 0 })));
}
