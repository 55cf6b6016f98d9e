import { crc32 } from 'node:zlib';
import type { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Process, ServiceErrors } from '../world/process.ts';
import { UnsupportedCallError } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { failsRecount } from './failed-recount.ts';

/** A row of the audit log, and the truth about it. */
export interface Row {
  readonly id: string;
  readonly accountId: string;
  /** The sort key, from the recorder’s clock. */
  readonly key: string;
  /** The instant in the sort key, cut to milliseconds. */
  readonly recordedAt: number;
  /** When every read sees it. */
  readonly visibleAt: number;
  /** When it is deleted; infinite for nearly every row. */
  readonly deletedAt: number;
  /** The line that must be delivered for it. */
  readonly line: string;
  /** The row in DynamoDB's wire form. */
  readonly wire: string;
}

/** The audit log: rows by account, sorted by key, answered page by page in DynamoDB’s wire format. */
export interface AuditRows {
  readonly of: ReadonlyMap<string, readonly Row[]>;
  query(
    process: Process,
    command: QueryCommand,
    errors: ServiceErrors,
    signal?: AbortSignal,
  ): Promise<unknown>;
}

/** DynamoDB ends a page after the row that exceeds this size. */
const pageBytes = 1024 * 1024;
/** An eventually consistent read may be this many milliseconds old. */
export const mostBehind = 1000;

interface RawAnswer {
  readonly response: { statusCode: number; headers: Record<string, string>; body: Uint8Array };
}

export function createAuditRows(
  world: World,
  of: ReadonlyMap<string, readonly Row[]>,
  rowsPerPage: number,
  onPage: (process: Process, bytes: number) => void,
): AuditRows {
  const chance = world.random('pages');
  return {
    of,
    async query(process, command, errors, signal) {
      signal?.throwIfAborted();
      const { TableName, Select } = command.input;
      if (Select === 'COUNT')
        return process.call('dynamodb', `Query ${TableName} COUNT`, errors, () => count(command, errors));
      const body = await process.call('dynamodb', `Query ${TableName}`, errors, () => page(command));
      signal?.throwIfAborted();
      onPage(process, body.length);
      const send = command.middlewareStack.resolve(async (): Promise<never> => {
        const answer: RawAnswer = {
          response: { statusCode: 200, headers: { 'x-amz-crc32': String(crc32(body)) }, body },
        };
        return answer as never;
      }, {});
      return send({ input: command.input, request: { headers: {} } } as never);
    },
  };

  function page({ input }: QueryCommand): Uint8Array {
    if (!input.ConsistentRead) throw new UnsupportedCallError('An inconsistent read could leave rows out');
    const { found, last } = find(input, world.now());
    const next = last ? `,"LastEvaluatedKey":${JSON.stringify(last)}` : '';
    return Buffer.from(
      `{"Count":${found.length},"Items":[${found.map(row => row.wire).join(',')}]${next},"ScannedCount":${found.length}}`,
    );
  }

  function count({ input }: QueryCommand, errors: ServiceErrors) {
    if (failsRecount(world, chance)) throw errors.unavailable();
    const { found, last } = find(input, world.now() - chance.integer(0, mostBehind));
    return { Count: found.length, LastEvaluatedKey: last };
  }

  function find(input: QueryCommand['input'], now: number) {
    const { ':account': account, ':from': from, ':to': to } = input.ExpressionAttributeValues ?? {};
    if (input.KeyConditionExpression !== '#partition = :account AND #sort BETWEEN :from AND :to')
      throw new UnsupportedCallError(`The simulated DynamoDB does not know ${input.KeyConditionExpression}`);
    if (account?.S === undefined || from?.S === undefined || to?.S === undefined)
      throw new UnsupportedCallError('A value of the query is missing');
    const all = of.get(account.S) ?? [];
    const start = input.ExclusiveStartKey?.recordedAt?.S;
    const found: Row[] = [];
    const limit = chance.integer(Math.ceil(rowsPerPage / 2), rowsPerPage);
    let bytes = 0;
    const isFull = () => found.length === limit || bytes >= pageBytes;
    for (let index = firstFrom(all, start ?? from.S); index < all.length && !isFull(); index++) {
      const row = all[index];
      if (!row || row.key > to.S) break;
      if (row.key === start || row.visibleAt > now || row.deletedAt <= now) continue;
      found.push(row);
      bytes += row.wire.length;
    }
    // A full page has a next one, even if that is empty.
    const end = isFull() ? found.at(-1) : undefined;
    return { found, last: end && { accountId: { S: account.S }, recordedAt: { S: end.key } } };
  }
}

function firstFrom(rows: readonly Row[], key: string): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.key ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
