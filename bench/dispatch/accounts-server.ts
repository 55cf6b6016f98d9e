import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { startHttpServer } from '../../local/servers/http-server.ts';
import { accountIdOf, accountNumberOf, type Population, zonesOf } from './population.ts';

/** DynamoDB reads at most this much for one answer, counted in attribute names and values. */
const pageBytes = 1024 * 1024;

/**
 * A stand-in for DynamoDB with the table of accounts, its index by time zone, and the dispatcher's
 * state. It answers after a delay, with pages as large as the real ones and their checksum. It
 * computes the accounts and stores only the state.
 */
export async function startAccountsServer({ latencyMs, ...population }: Population & { latencyMs: number }) {
  const zones = zonesOf(population);
  const zoneByName = new Map(zones.map(zone => [zone.timeZone, zone]));
  const calls: Record<string, number> = {};
  let state = {};
  const operations: Record<string, (input: Input) => string> = {
    GetItem: () => JSON.stringify({ Item: state }),
    PutItem: ({ Item = {} }) => {
      state = Item;
      return '{}';
    },
    Query: ({ ExpressionAttributeValues: values, ExclusiveStartKey: after, Limit }) => {
      const timeZone = values?.[':timeZone']?.S ?? '';
      const { first, count } = zoneByName.get(timeZone) ?? { first: 0, count: 0 };
      const from = after === undefined ? first : accountNumberOf(after.accountId?.S ?? '') + 1;
      const most = Math.min(
        Limit ?? Number.POSITIVE_INFINITY,
        Math.floor(pageBytes / indexItemBytes(timeZone)),
      );
      return page(from, first + count, most, indexItem, timeZone);
    },
    Scan: ({ ExclusiveStartKey: after }) => {
      const from = after === undefined ? 0 : accountNumberOf(after.accountId?.S ?? '') + 1;
      return page(from, population.accounts, Math.floor(pageBytes / recordBytes), record);
    },
  };
  const { endpoint, close } = await startHttpServer(async (request, response) => {
    const operation = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    calls[operation] = (calls[operation] ?? 0) + 1;
    const answer = Buffer.from(operations[operation]?.(await inputOf(request)) ?? '{}');
    if (latencyMs > 0) await pause(latencyMs);
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': answer.length,
      'x-amz-crc32': crc32(answer),
    });
    response.end(answer);
  });
  return { endpoint, calls, close };

  /** An account record, as JSON of DynamoDB. */
  function record(number: number): string {
    const zone = zones.findLast(({ first, count }) => count > 0 && first <= number);
    return `{"accountId":{"S":"${accountIdOf(number)}"},"timeZone":{"S":"${zone?.timeZone}"},${restOfRecord}}`;
  }
}

interface Input {
  readonly Item?: object;
  readonly ExpressionAttributeValues?: Readonly<Record<string, { readonly S?: string }>>;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Readonly<Record<string, { readonly S?: string }>>;
}

const restOfRecord =
  '"status":{"S":"active"},"secretId":{"S":"siem-export/prod/customer-of-this-account"},' +
  '"destination":{"M":{"type":{"S":"s3"},"bucket":{"S":"customer-security-audit"},"region":{"S":"eu-central-1"}}}';
/** Counted as DynamoDB does: attribute names and values, without the JSON syntax. */
const recordBytes = 230;

function page(
  from: number,
  end: number,
  most: number,
  item: (number: number) => string,
  timeZone?: string,
): string {
  const last = Math.min(end, from + most);
  const items = Array.from({ length: Math.max(0, last - from) }, (_, index) => item(from + index));
  const key = { accountId: { S: accountIdOf(last - 1) }, ...(timeZone && { timeZone: { S: timeZone } }) };
  const lastKey = last < end ? `,"LastEvaluatedKey":${JSON.stringify(key)}` : '';
  return `{"Count":${items.length},"Items":[${items.join(',')}],"ScannedCount":${items.length}${lastKey}}`;
}

function indexItem(number: number): string {
  return `{"accountId":{"S":"${accountIdOf(number)}"}}`;
}

function indexItemBytes(timeZone: string): number {
  return `accountId${accountIdOf(0)}timeZone${timeZone}`.length;
}

async function inputOf(request: IncomingMessage): Promise<Input> {
  return JSON.parse(Buffer.concat(await request.toArray()).toString());
}
