import type { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAuditLog } from '../../lambdas/aws/audit-log.ts';
import type { AuditLogSource } from '../../lambdas/environment.ts';

const window = { start: Date.parse('2026-11-22T04:00:00Z'), end: Date.parse('2026-11-22T04:05:00Z') };
const never = new AbortController().signal;
const column = 'value';
const attributes = {
  date: column,
  email: column,
  action: column,
  actionId: column,
  description: column,
  ipAddress: column,
};
type SortKeyType = AuditLogSource['sortKeyType'];

/** An audit log with these sort keys in order, and pages of so many rows; it checks queries as strictly as DynamoDB. */
function openLog(keys: readonly string[], rowsPerPage: number, sortKeyType: SortKeyType) {
  const kind = sortKeyType === 'iso' ? 'S' : 'N';
  const isBefore = (one: string, other: string) =>
    sortKeyType === 'iso' ? one < other : Number(one) < Number(other);
  let running = 0;
  let most = 0;
  let requests = 0;
  let continuations = 0;
  const answer = async ({ input }: QueryCommand): Promise<object> => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    const bound = (name: string) => String(Object.values(input.ExpressionAttributeValues?.[name] ?? {})[0]);
    const [from, to] = [bound(':from'), bound(':to')];
    const start = input.ExclusiveStartKey?.key?.[kind as 'S'];
    if (isBefore(to, from)) throw new Error('The bounds are the wrong way round');
    if (start !== undefined && (isBefore(start, from) || isBefore(to, start)))
      throw new Error('The starting key is outside the bounds');
    const found = keys.filter(
      key => !isBefore(key, from) && !isBefore(to, key) && (start === undefined || isBefore(start, key)),
    );
    const page = found.slice(0, rowsPerPage);
    requests++;
    if (start !== undefined) continuations++;
    const last = page.length === rowsPerPage ? { LastEvaluatedKey: { key: { [kind]: page.at(-1) } } } : {};
    const items = page.map(key => ({ key: { [kind]: key }, [column]: { S: 'x' } }));
    const body = Buffer.from(JSON.stringify({ Count: items.length, Items: items, ...last }));
    return { response: { statusCode: 200, headers: {}, body }, output: { Count: items.length, ...last } };
  };
  const client = {
    async send(command: QueryCommand) {
      const handle = command.middlewareStack.resolve((async () => answer(command)) as never, {});
      const { output } = await handle({ input: command.input, request: { headers: {} } } as never);
      return output;
    },
  } as unknown as DynamoDBClient;
  const source = { tableName: 'log', partitionKey: 'account', sortKey: 'key', sortKeyType, attributes };
  return {
    log: createAuditLog({ client, source }),
    most: () => most,
    requests: () => requests,
    continuations: () => continuations,
  };
}

/** Instants in and near the window, often close together. */
const instants = fc
  .array(
    fc.tuple(
      fc.oneof(fc.integer({ min: -1, max: 300 }), fc.constantFrom(0, 300)),
      fc.constantFrom(0, 0, 1, 999),
      fc.nat(20),
    ),
    {
      maxLength: 60,
    },
  )
  .map(drawn =>
    drawn.flatMap(([second, millisecond, more]) =>
      Array.from({ length: 1 + (more > 15 ? more : 0) }, () => window.start + second * 1000 + millisecond),
    ),
  );

/** The forms of one instant in sort keys: with and without fraction, id and letter. */
const isoForms = fc.constantFrom(
  (iso: string, id: number) => `${iso}#${id}`,
  (iso: string, id: number) => `${iso.slice(0, 19)}Z#${id}`,
  (iso: string, id: number) => `${iso.slice(0, 23)}123Z#${id}`,
  (iso: string) => iso.slice(0, 19),
  (iso: string, id: number) => `${iso.slice(0, 19)}+00:00#${id}`,
);

async function readAll(
  keys: readonly string[],
  rowsPerPage: number,
  sortKeyType: SortKeyType,
  after: string | undefined,
) {
  const { log, most } = openLog(keys, rowsPerPage, sortKeyType);
  const read: string[] = [];
  for await (const page of log.pages('acme', window, after, never))
    for (let row = 0; row < page.count; row++) read.push(page.sortKey(row));
  expect(most()).toBeLessThanOrEqual(4);
  return read;
}

test('the rows of a window come each once and in order, whatever their keys, density and pages', async () => {
  await fc.assert(
    fc.asyncProperty(
      instants,
      fc.array(isoForms, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 12 }),
      fc.option(fc.nat()),
      async (at, forms, rowsPerPage, pick) => {
        const form = (index: number) => forms[index % forms.length] ?? ((iso: string) => iso);
        const keys = [
          ...new Set(at.map((instant, id) => form(id)(new Date(instant).toISOString(), id))),
        ].sort();
        const inside = keys.filter(key => key >= '2026-11-22T04:00:00' && key < '2026-11-22T04:05:00');
        const after = pick === null ? undefined : inside[pick % (inside.length || 1)];
        const expected = after === undefined ? inside : inside.filter(key => key > after);
        expect(await readAll(keys, rowsPerPage, 'iso', after)).toEqual(expected);
      },
    ),
    { numRuns: 1500 },
  );
});

test('so do those of a numeric sort key', async () => {
  await fc.assert(
    fc.asyncProperty(instants, fc.integer({ min: 1, max: 12 }), async (at, rowsPerPage) => {
      const keys = [...new Set(at)].sort((one, other) => one - other);
      const inside = keys.filter(key => key >= window.start && key < window.end);
      expect(await readAll(keys.map(String), rowsPerPage, 'epochMilliseconds', undefined)).toEqual(
        inside.map(String),
      );
    }),
    { numRuns: 500 },
  );
});

test('a window is counted as many rows as its pages have, whatever their keys and density', async () => {
  const isoKeys = fc
    .tuple(instants, fc.array(isoForms, { minLength: 1, maxLength: 4 }))
    .map(([at, forms]) =>
      at.map((instant, id) => (forms[id % forms.length] ?? String)(new Date(instant).toISOString(), id)),
    );
  const drawn = fc.oneof(
    fc.record({ keys: isoKeys, sortKeyType: fc.constant('iso' as const) }),
    fc.record({
      keys: instants.map(at => at.map(String)),
      sortKeyType: fc.constant('epochMilliseconds' as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(drawn, fc.integer({ min: 1, max: 12 }), async ({ keys, sortKeyType }, rowsPerPage) => {
      const stored = [...new Set(keys)].sort();
      const { log } = openLog(stored, rowsPerPage, sortKeyType);
      const delivered = await readAll(stored, rowsPerPage, sortKeyType, undefined);
      expect(await log.count('acme', window, never)).toBe(delivered.length);
    }),
    { numRuns: 1000 },
  );
});

test('an even flow of rows is read in stretches of a page each, and none has to be read on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 40, max: 160 }),
      // The row count of a second may vary by one, which must stay below the tenth that a stretch leaves free; 154
      // and 20 do not satisfy this.
      fc.integer({ min: 30, max: 100 }),
      async (gap, rowsPerPage) => {
        const count = Math.floor((window.end - window.start) / gap);
        const keys = Array.from({ length: count }, (_, index) => {
          const at = new Date(window.start + index * gap).toISOString();
          return `${at}#${index}`;
        });
        // A page of less than two seconds cannot be split to fit.
        fc.pre(gap * rowsPerPage > 3000);
        const { log, requests, continuations } = openLog(keys, rowsPerPage, 'iso');
        for await (const page of log.pages('acme', window, undefined, never))
          expect(page.count).toBeGreaterThan(0);
        expect(continuations()).toBeLessThanOrEqual(3);
        expect(requests()).toBeLessThanOrEqual(2 * Math.ceil(count / rowsPerPage) + 4);
      },
    ),
  );
});
