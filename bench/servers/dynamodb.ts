import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { startHttpServer } from '../../local/servers/http-server.ts';
import { addTransactions } from '../../local/servers/transactions.ts';
import { createItemStore } from '../input/item-store.ts';
import { linesLengthHeader, wantsLinesHeader } from '../input/lines.ts';
import { createPartitions, readUnitBytes } from './partition.ts';

// dynalite has no types and is CommonJS.
const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite');

/** The name under which throttled queries are counted; `Query` counts them too. */
export const refusedQuery = 'Query, refused';

export interface DynamodbOptions {
  readonly rows: number;
  readonly latencyMs: number;
  /** Whether each account's rows are in one partition, with the read limit of a partition of DynamoDB. */
  readonly partition: boolean;
  /** Whether a client will send `wantsLinesHeader`. */
  readonly withLines: boolean;
}

/**
 * A stand-in for DynamoDB with an audit log of `rows` rows. It answers a Query after a delay, with pages in the real
 * format that were rendered in advance, and their checksum. An ordinary emulator answers everything else.
 */
export async function startDynamodb({ rows, latencyMs, partition, withLines }: DynamodbOptions) {
  const store = createItemStore(rows, { withLines });
  const partitions = partition ? createPartitions() : undefined;
  const tables = addTransactions(dynalite({ createTableMs: 0 }));
  const calls: Record<string, number> = {};
  const { endpoint, close } = await startHttpServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    calls[operation] = (calls[operation] ?? 0) + 1;
    if (operation !== 'Query') return void tables.emit('request', request, response);
    answerQuery(request, response).catch(error => response.destroy(error));
  });
  return { endpoint, calls, close };

  async function answerQuery(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const query = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const { ':from': from, ':to': to } = query.ExpressionAttributeValues;
    // The key with `\0` appended is the first possible key after it.
    const start = query.ExclusiveStartKey ? `${query.ExclusiveStartKey.recordedAt.S}\0` : from.S;
    const { items, count, bytes, lines, lastSortKey } = store.page(start, to.S);
    const accountId = query.ExpressionAttributeValues[':account'];
    if (latencyMs > 0) await pause(latencyMs);
    const units = Math.max(1, Math.ceil(bytes / readUnitBytes));
    if (partitions?.admits(accountId.S, units) === false) {
      calls[refusedQuery] = (calls[refusedQuery] ?? 0) + 1;
      return refuse(response);
    }
    const key = { recordedAt: { S: lastSortKey }, accountId };
    const lastKey = lastSortKey === undefined ? '' : `"LastEvaluatedKey":${JSON.stringify(key)},`;
    const chunks = [
      Buffer.from(`{"Count":${count},"Items":[`),
      items,
      Buffer.from(`],${lastKey}"ScannedCount":${count}}`),
    ];
    if (request.headers[wantsLinesHeader] !== undefined) {
      response.writeHead(200, { 'content-length': items.length, [linesLengthHeader]: lines.length });
      response.write(lines);
      return void response.end(items.subarray(lines.length));
    }
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': chunks.reduce((length, chunk) => length + chunk.length, 0),
      'x-amz-crc32': chunks.reduce((checksum, chunk) => crc32(chunk, checksum), 0),
    });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  }
}

function refuse(response: ServerResponse): void {
  const answer = JSON.stringify({
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'Throughput exceeds the current capacity of one or more partitions',
  });
  response.writeHead(400, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(answer),
    'x-amz-crc32': crc32(answer),
  });
  response.end(answer);
}
