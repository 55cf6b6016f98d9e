import { setTimeout as pause } from 'node:timers/promises';
import { linesLengthHeader, wantsLinesHeader } from '../input/lines.ts';
import { benchWindow, sortKeyOf } from '../input/rows.ts';
import { BareConnection, headerOf, jsonRequest } from './connection.ts';

interface BareSource {
  readonly dynamodbEndpoint: string;
  readonly accountId: string;
  readonly rows: number;
}

/** This number of rows always fits into one page of 1 MB. */
const rowsPerPage = 2_700;
/** Enough to keep the connection busy at every latency that the benchmarks use. */
const pagesInFlight = 8;
/** Room for a page's rows as JSON and the answer's head. */
const memoryBytes = 2 * 1024 * 1024;
/** Wait before a throttled query is sent again, in milliseconds. */
const retryDelay = 5;

/**
 * The rows' lines for the `limit` variants. It receives as many bytes as DynamoDB's answers have, but the server puts
 * the finished lines at the start of each answer, so that nothing is parsed. It knows the pages' boundaries in advance
 * and requests several pages at once. A chunk is valid until the next one is requested.
 */
export async function* barePages({ dynamodbEndpoint, accountId, rows }: BareSource): AsyncGenerator<Buffer> {
  const pages = Math.max(1, Math.ceil(rows / rowsPerPage));
  const connections = Array.from(
    { length: Math.min(pages, pagesInFlight) },
    () => new BareConnection(dynamodbEndpoint, memoryBytes),
  );
  const reads = connections.map((connection, page) => read(connection, page));
  try {
    for (let page = 0; page < pages; page++) {
      const [connection, next] = [connections[page % pagesInFlight], await reads[page]];
      if (!connection || !next) throw new RangeError(`Page ${page} was not requested`);
      yield next;
      if (reads.length < pages) reads.push(read(connection, reads.length));
    }
  } finally {
    for (const connection of connections) connection.close();
  }

  async function read(connection: BareConnection, page: number): Promise<Buffer> {
    const [from, to] = [boundary(page), boundary(page + 1)];
    const values = { ':account': { S: accountId }, ':from': { S: from }, ':to': { S: to } };
    const body = JSON.stringify({ ExpressionAttributeValues: values, ConsistentRead: true });
    const target = 'DynamoDB_20120810.Query';
    const request = jsonRequest(dynamodbEndpoint, target, body, `${wantsLinesHeader}: true\r\n`);
    for (;;) {
      const answer = await connection.ask(request);
      if (answer.status === 200)
        return answer.body.subarray(0, Number(headerOf(answer.head, linesLengthHeader)));
      await pause(retryDelay);
    }
  }

  function boundary(page: number): string {
    if (page === 0) return new Date(benchWindow.start).toISOString().slice(0, 19);
    return page < pages
      ? sortKeyOf(page * rowsPerPage)
      : new Date(benchWindow.end).toISOString().slice(0, 19);
  }
}
