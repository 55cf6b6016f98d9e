import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFileReader } from '../../cli/stage/ledger/ledger-files.ts';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import { createLedger } from '../../lambdas/aws/ledger.ts';
import type { Attempt, Cursor, Intent } from '../../lambdas/domain/cursor.ts';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';
import type { Ledger } from '../../lambdas/exporter/ports.ts';
import { type DynamodbTables, startTables } from './dynamodb-tables.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const start = Date.parse('2026-11-22T04:00:00Z');
const end = Date.parse('2026-11-22T08:00:00Z');
const place = { type: 's3', bucket: 'acme-audit' } as const;
const intent: Intent = {
  window: { start, end },
  part: 1,
  recipe: { place, format: 'ndjson', compression: 'zip', emptyWindows: 'file', partBytes: 1000, level: 6 },
};
const file: DeliveredFile = {
  window: intent.window,
  part: 1,
  final: true,
  place,
  key: 'audit/YQ/audit_YQ_20261122T080000Z.zip',
  format: 'ndjson',
  compression: 'zip',
  records: 3,
  malformed: 1,
  bytes: 321,
  uncompressedBytes: 1234,
  sha256: 'ab'.repeat(32),
  lastSortKey: '2026-11-22T07:59:59.120Z#01',
  attempt: 1,
  startedAt: end + 300_000,
  deliveredAt: end + 301_000,
};
const mine: Attempt = {
  token: '4f1c-mine',
  place: 's3://acme-audit',
  partBytes: 1000,
  startedAt: end + 300_000,
  lease: { messageId: 'message-1', until: end + 1_200_000 },
  step: 'creating',
};
const staging: Attempt = { ...mine, step: 'staging' };
const other: Attempt = { ...mine, token: 'other', startedAt: end + 301_000 };
const refused = (attempt: Attempt) => ({ attempt, became: 'refused' }) as const;
const unclear = (attempt: Attempt) => ({ attempt, became: 'unclear' }) as const;
/** The attempt after its lease. */
const ended = ({ lease: _, ...attempt }: Attempt) => attempt;
const committed = {
  exportedThrough: end,
  version: 2,
  lastWrite: 'committed 1',
  deliveredAt: file.deliveredAt,
  acceptedAt: file.deliveredAt,
  deliveredTo: 's3://acme-audit',
  intent: undefined,
  attempts: [],
  failures: 0,
};
const failure = { code: 'bucket_missing', message: 'The bucket acme-audit does not exist', at: end } as const;

describe('the ledger', () => {
  let tables: DynamodbTables;
  let tableName: string;
  let ledger: Ledger;
  let files: ReturnType<typeof createFileReader>;
  let accountId: string;
  let accounts = 0;

  beforeAll(async () => {
    tables = await startTables();
    tableName = await tables.create({ partition: 'accountId', sort: 'entry' });
    ledger = createLedger({ client: tables.client, tableName });
    files = createFileReader({ client: tables.client, tableName });
  });
  afterAll(() => tables?.close());
  beforeEach(() => {
    accountId = `account-${accounts++}`;
  });

  async function begun(attempt = mine): Promise<Cursor> {
    const cursor = await ledger.createCursor(accountId, start);
    return (await ledger.begin(accountId, cursor, intent, attempt)) ?? expect.fail('not begun');
  }

  const present = async () => (await ledger.readCursor(accountId)) ?? expect.fail('no cursor');
  const resumed = ({ intent }: Cursor) => intent ?? expect.fail('no intent');

  async function throughProxy(run: (through: Ledger, proxy: FaultProxy) => Promise<void>): Promise<void> {
    const { endpoint, region, credentials } = tables.client.config;
    const { protocol, hostname, port } = (await endpoint?.()) ?? {};
    const proxy = await startFaultProxy(`${protocol}//${hostname}:${port}`, { wholeRequests: true });
    const client = new DynamoDBClient({ endpoint: proxy.endpoint, region, credentials });
    try {
      await run(createLedger({ client, tableName }), proxy);
    } finally {
      client.destroy();
      await proxy.close();
    }
  }

  it('has no cursor before the first sight of an account', async () => {
    expect(await ledger.readCursor(accountId)).toBeUndefined();
  });

  it('creates the cursor once: a second creation finds the first', async () => {
    await ledger.createCursor(accountId, start);
    expect((await ledger.createCursor(accountId, end)).exportedThrough).toBe(start);
    expect(await ledger.readCursor(accountId)).toEqual({
      exportedThrough: start,
      version: 0,
      lastWrite: 'created',
      attempts: [],
      failures: 0,
    });
  });

  it('notes intent and attempt before an upload, and reads them back as they were', async () => {
    const cursor = await begun();
    expect(cursor).toMatchObject({ version: 1, attempts: [mine], intent });
    expect(await ledger.readCursor(accountId)).toEqual(cursor);
  });

  it('adds a further attempt at the same intent without another version', async () => {
    const cursor = await begun();
    const again = await ledger.begin(accountId, cursor, resumed(cursor), other);
    expect(again?.version).toBe(1);
    expect(again?.attempts).toEqual([mine, other]);
  });

  it('takes a repeated note of the same attempt once', async () => {
    const cursor = await begun();
    expect((await ledger.begin(accountId, cursor, resumed(cursor), mine))?.attempts).toEqual([mine]);
  });

  it('begins only for whoever has seen every write to the cursor', async () => {
    const seen = await begun();
    for (const write of [
      () => ledger.noteCreating(accountId, seen, mine),
      () => ledger.recordFailure(accountId, seen, failure, unclear(mine)),
      () => ledger.recordFailure(accountId, seen, failure, refused(mine)),
      () => ledger.recordFailure(accountId, seen, failure),
      () => ledger.recordStop(accountId, seen, 'paused'),
    ]) {
      const before = await present();
      expect(await write()).toBe(true);
      expect(await ledger.begin(accountId, before, resumed(before), other)).toBeUndefined();
    }
    const now = await present();
    expect((await ledger.begin(accountId, now, resumed(now), other))?.attempts).toEqual([other]);
  });

  it('strikes out an attempt that only staged when another begins, and keeps it from creating', async () => {
    const cursor = await begun({ ...staging, lease: { messageId: 'message-1', until: other.startedAt } });
    const next = await ledger.begin(accountId, cursor, resumed(cursor), other);
    expect(next).toMatchObject({ version: cursor.version + 1, attempts: [other] });
    expect(await ledger.noteCreating(accountId, cursor, mine)).toBe(false);
    expect(await present()).toEqual(next);
  });

  it('keeps an attempt that is still staging when a copy of its message begins, and lets it go on', async () => {
    const cursor = await begun(staging);
    const next = await ledger.begin(accountId, cursor, resumed(cursor), other);
    expect(next).toMatchObject({ version: cursor.version, attempts: [staging, other] });
    expect(await ledger.noteCreating(accountId, cursor, mine)).toBe(true);
  });

  it('keeps an attempt that may have created when another begins', async () => {
    const cursor = await begun(staging);
    expect(await ledger.noteCreating(accountId, cursor, mine)).toBe(true);
    const creating = await present();
    expect(creating.attempts).toEqual([mine]);
    const next = await ledger.begin(accountId, creating, resumed(creating), other);
    expect(next).toMatchObject({ version: cursor.version, attempts: [mine, other] });
  });

  it('begins nothing for whoever knows an older cursor', async () => {
    const old = await ledger.createCursor(accountId, start);
    await ledger.begin(accountId, old, intent, mine);
    expect(await ledger.begin(accountId, old, intent, other)).toBeUndefined();
  });

  it('moves behind a final file to the end of its window, once', async () => {
    const cursor = await begun();
    const moved = await ledger.commit(accountId, cursor, file);
    expect(moved).toEqual(committed);
    expect(await ledger.readCursor(accountId)).toEqual(moved);
    expect(await ledger.commit(accountId, cursor, file)).toBeUndefined();
  });

  it('keeps, behind a window without an object, when the bucket accepted one', async () => {
    const { key: _, ...quiet } = file;
    const cursor = { ...(await begun()), acceptedAt: start };
    const moved = await ledger.commit(accountId, cursor, quiet);
    expect(moved).toEqual({ ...committed, acceptedAt: start });
    expect(await ledger.readCursor(accountId)).toEqual(moved);
    expect(await files.files(accountId)).toEqual([quiet]);
  });

  it('commits a window without an object only if nobody else has begun one', async () => {
    const { key: _, ...quiet } = file;
    const cursor = await begun();
    await ledger.begin(accountId, cursor, intent, other);
    expect(await ledger.commit(accountId, cursor, quiet)).toBeUndefined();
    expect(await files.files(accountId)).toEqual([]);
  });

  it('moves behind any other part to the next part of the window', async () => {
    const cursor = await begun();
    const moved = await ledger.commit(accountId, cursor, { ...file, final: false });
    expect(moved).toMatchObject({ exportedThrough: start, version: 2, attempts: [] });
    expect(moved?.intent).toEqual({ ...intent, part: 2, after: file.lastSortKey });
  });

  it('writes the row of a file with its commit, and reads it back as it was', async () => {
    const cursor = await begun();
    expect(await files.files(accountId)).toEqual([]);
    await ledger.commit(accountId, cursor, file);
    expect(await files.files(accountId)).toEqual([file]);
  });

  it('finds the files of a window, of those since it, and the last one before it', async () => {
    const delivered: DeliveredFile[] = [];
    for (const [hours, part] of [
      [4, 1],
      [8, 1],
      [8, 2],
      [8, 10_000],
      [12, 1],
    ] as const) {
      const windowEnd = start + hours * 3_600_000;
      const own = { ...file, window: { start: windowEnd - 14_400_000, end: windowEnd }, part };
      const cursor = (await ledger.readCursor(accountId)) ?? (await ledger.createCursor(accountId, start));
      const noted = await ledger.begin(accountId, cursor, { ...intent, window: own.window, part }, mine);
      await ledger.commit(accountId, noted ?? expect.fail('not begun'), own);
      delivered.push(own);
    }
    const second = start + 8 * 3_600_000;
    expect(await files.files(accountId)).toEqual(delivered);
    expect(await files.files(accountId, second)).toEqual(delivered.slice(1));
    expect(await files.filesOfWindow(accountId, second)).toEqual(delivered.slice(1, 4));
    expect(await files.filesOfWindow(accountId, second - 1000)).toEqual([]);
    expect(await files.lastBefore(accountId, second)).toEqual(delivered[0]);
    expect(await files.latest(accountId)).toEqual(delivered.at(-1));
  });

  it('writes no row for whoever knows an older cursor', async () => {
    const old = await ledger.createCursor(accountId, start);
    const cursor = await ledger.begin(accountId, old, intent, mine);
    expect(await ledger.commit(accountId, old, file)).toBeUndefined();
    expect(await files.files(accountId)).toEqual([]);
    expect(await ledger.readCursor(accountId)).toEqual(cursor);
  });

  it('lets one of several commits at once through', async () => {
    const cursor = await begun();
    const commits = Array.from({ length: 5 }, (_, records) =>
      ledger.commit(accountId, cursor, { ...file, records }),
    );
    const [winner, ...others] = (await Promise.all(commits)).flatMap((moved, records) =>
      moved ? [records] : [],
    );
    expect(others).toEqual([]);
    expect(await files.files(accountId)).toEqual([{ ...file, records: winner }]);
  });

  it('takes a commit that is sent again for the one that it is', async () => {
    await throughProxy(async (through, proxy) => {
      const cursor = await begun();
      let requests = 0;
      proxy.onRequest = () => (requests++ === 0 ? { kind: 'lose-answer' } : { kind: 'pass' });
      const moved = await through.commit(accountId, cursor, file);
      expect(requests).toBe(2);
      expect(moved?.version).toBe(2);
      expect(await ledger.readCursor(accountId)).toEqual(moved);
    });
  });

  it('makes a commit again that DynamoDB cancels because it throttles', async () => {
    const cancelled = {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }],
    };
    await throughProxy(async (through, proxy) => {
      const cursor = await begun();
      let requests = 0;
      proxy.onRequest = () =>
        requests++ === 0
          ? { kind: 'answer', status: 400, body: JSON.stringify(cancelled) }
          : { kind: 'pass' };
      const moved = await through.commit(accountId, cursor, file);
      expect(moved?.exportedThrough).toBe(end);
      expect(requests).toBe(2);
    });
  });

  it('counts failures, remembers the last one, and forgets them behind a delivered file', async () => {
    const cursor = await begun();
    const later = { ...failure, at: failure.at + 60_000 };
    await ledger.recordFailure(accountId, cursor, failure);
    await ledger.recordFailure(accountId, await present(), later, unclear(mine));
    expect(await present()).toMatchObject({ failures: 2, lastError: later, failingSince: failure.at });
    const moved = await ledger.commit(accountId, cursor, file);
    expect(moved).toEqual(committed);
    expect(await present()).toEqual(committed);
  });

  it('remembers, until the file is delivered, the size that took too long, whatever fails after it', async () => {
    const cursor = await begun();
    const tooLong = { ...failure, code: 'out_of_time' } as const;
    await ledger.recordFailure(accountId, cursor, tooLong, refused(mine));
    await ledger.recordFailure(accountId, cursor, failure);
    expect(await present()).toMatchObject({ lastError: failure, tooLargeBytes: mine.partBytes });
    await ledger.commit(accountId, await present(), file);
    expect((await present()).tooLargeBytes).toBeUndefined();
  });

  it('ends the lease of an attempt that failed, and strikes it out if it certainly wrote nothing', async () => {
    const cursor = await begun();
    await ledger.begin(accountId, cursor, resumed(cursor), other);
    await ledger.recordFailure(accountId, cursor, failure, refused(other));
    expect((await present()).attempts).toEqual([mine]);
    await ledger.recordFailure(accountId, cursor, failure, unclear(mine));
    expect((await present()).attempts).toEqual([ended(mine)]);
    await ledger.recordFailure(accountId, cursor, failure, refused(mine));
    expect((await present()).attempts).toEqual([]);
    expect(await ledger.recordFailure(accountId, cursor, failure, refused(mine))).toBe(false);
  });

  it('notes nothing for whoever knows an older cursor', async () => {
    const cursor = await begun();
    await ledger.commit(accountId, cursor, file);
    expect(await ledger.recordFailure(accountId, cursor, failure, refused(mine))).toBe(false);
    expect(await ledger.noteCreating(accountId, cursor, mine)).toBe(false);
    expect(await ledger.recordStop(accountId, cursor, 'paused')).toBe(false);
  });

  it('notes why nothing is exported until the next file is begun', async () => {
    const cursor = await ledger.createCursor(accountId, start);
    expect(await ledger.recordStop(accountId, cursor, 'expired')).toBe(true);
    const stopped = await ledger.readCursor(accountId);
    expect(stopped?.stopped).toBe('expired');
    expect((await ledger.begin(accountId, cursor, intent, mine))?.stopped).toBeUndefined();
  });

  describe('of windows that are counted again', () => {
    /** Delivers consecutive windows of four hours, in files of so many rows. */
    async function deliver(...windows: readonly (readonly number[])[]): Promise<void> {
      for (const [index, files] of windows.entries()) {
        const windowEnd = end + index * 14_400_000;
        const window = { start: windowEnd - 14_400_000, end: windowEnd };
        for (const [before, records] of files.entries()) {
          const own = { ...file, window, records, part: before + 1, final: before === files.length - 1 };
          const startedAt = windowEnd + own.part * 1000;
          const cursor = await ledger.createCursor(accountId, start);
          const begun = await ledger.begin(accountId, cursor, { ...intent, window, part: own.part }, mine);
          await ledger.commit(accountId, begun ?? expect.fail('not begun'), { ...own, startedAt });
        }
      }
    }
    const windows = (after: number, upTo: number) =>
      Array.fromAsync(ledger.deliveredWindows(accountId, after, upTo));

    it('gives those that end after one instant and up to another, with the rows of all their files', async () => {
      await deliver([3], [5, 4, 2], [0], [7]);
      const found = await windows(end, end + 2 * 14_400_000);
      expect(found.map(({ window, records }) => [window.end, records])).toEqual([
        [end + 14_400_000, 11],
        [end + 2 * 14_400_000, 0],
      ]);
      expect(found[0]).toEqual({
        window: { start: end, end: end + 14_400_000 },
        records: 11,
        readAt: end + 14_401_000,
      });
      expect(await windows(start - 1000, end)).toHaveLength(1);
      expect(await windows(end - 1000, end)).toHaveLength(1);
      expect(await windows(start, end - 1000)).toEqual([]);
    });

    it('remembers how far they were counted, and never less far', async () => {
      await ledger.createCursor(accountId, start);
      await ledger.noteRecounted(accountId, end);
      await ledger.noteRecounted(accountId, start);
      expect((await present()).recountedThrough).toBe(end);
    });

    it('disturbs nobody who is at a file, and is kept by whoever is', async () => {
      const seen = await ledger.createCursor(accountId, start);
      await ledger.noteRecounted(accountId, start);
      const cursor = (await ledger.begin(accountId, seen, intent, mine)) ?? expect.fail('not begun');
      await ledger.noteRecounted(accountId, end);
      expect(await ledger.noteCreating(accountId, cursor, mine)).toBe(true);
      const moved = await ledger.commit(accountId, cursor, file);
      expect(moved).toEqual({ ...committed, recountedThrough: start });
      expect(await present()).toEqual({ ...committed, recountedThrough: end });
    });

    it('makes no cursor of its own', async () => {
      await ledger.noteRecounted(accountId, end);
      expect(await ledger.readCursor(accountId)).toBeUndefined();
    });
  });

  it('reads the cursors of hundreds of accounts at once, and leaves out those that have none', async () => {
    const many = Array.from({ length: 230 }, (_, index) => `many-${index}`);
    await Promise.all(many.map(id => ledger.createCursor(id, start)));
    const cursors = await createCursorReader({ client: tables.client, tableName }).cursors([
      ...many,
      'nobody',
    ]);
    expect([...cursors.keys()].toSorted()).toEqual(many.toSorted());
    expect(cursors.get('many-7')).toMatchObject({ exportedThrough: start });
  });

  it.each<[string, Record<string, AttributeValue>, string]>([
    ['a date that is none', { exportedThrough: { S: 'yesterday' } }, 'exportedThrough: expected an instant'],
    ['a date beyond all windows', { exportedThrough: { S: '+200000-01-01T00:00:00Z' } }, 'exportedThrough: '],
    ['no version', { version: { NULL: true } }, 'version: expected number, got null'],
    [
      'a number of too many digits',
      { version: { N: `${'9'.repeat(30)}.5` } },
      'version: expected number, got map',
    ],
    [
      'another thing for its intent',
      { intent: { M: { part: { S: '1' } } } },
      'intent.window: expected map, got nothing; intent.part: expected number',
    ],
  ])('names account and attribute of a cursor with %s, and reads the others', async (_, broken, fault) => {
    const sound = `${accountId} sound`;
    await ledger.createCursor(sound, start);
    const Item = {
      accountId: { S: accountId },
      entry: { S: 'cursor' },
      exportedThrough: { S: '2026-11-22T04:00:00.000Z' },
      version: { N: '1' },
      lastWrite: { S: 'created' },
      attempts: { M: {} },
      failures: { N: '0' },
      ...broken,
    };
    await tables.client.send(new PutItemCommand({ TableName: tableName, Item }));
    const error = {
      name: 'ExportError',
      code: 'internal',
      message: expect.stringContaining(
        `The item cursor of the account "${accountId}" in the ledger cannot be read: ${fault}`,
      ),
    };
    await expect(ledger.readCursor(accountId)).rejects.toMatchObject(error);
    const reader = createCursorReader({ client: tables.client, tableName });
    await expect(reader.cursor(accountId)).rejects.toMatchObject(error);
    const cursors = await reader.cursors([accountId, sound]);
    expect(cursors.get(accountId)).toMatchObject(error);
    expect(cursors.get(sound)).toMatchObject({ exportedThrough: start });
  });
});
