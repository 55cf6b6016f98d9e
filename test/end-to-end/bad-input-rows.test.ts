import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hourlyRows, ndjson } from './audit-rows.ts';
import { type Cloud, clouds } from './evidence.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';

const timeZone = 'Asia/Kolkata';
const tick = '2025-03-03T02:30:00Z';
const healthyRows = hourlyRows('2025-03-02T22:30:00Z', 4);

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.forget());
afterAll(() => pipeline?.close());

/** Audit rows, their delivered records, and whether they count as malformed. */
const oddRows: readonly {
  readonly odd: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly record: Readonly<Record<string, unknown>>;
  readonly malformed?: true;
}[] = [
  { odd: 'no fields at all', values: {}, record: {}, malformed: true },
  {
    odd: 'empty texts',
    values: { email: '', action: '', description: '' },
    record: { Email: '', Action: '', Description: '' },
  },
  {
    odd: 'numbers and booleans',
    values: { action: 42, actionId: -0.5, description: true, ipAddress: 0.25 },
    record: { Action: 42, 'Action ID': -0.5, Description: true, 'IP Address': 0.25 },
    malformed: true,
  },
  {
    odd: 'a number that no double holds',
    values: { actionId: 12345678901234567890123n },
    record: { 'Action ID': '12345678901234567890123' },
  },
  {
    odd: 'nested maps and lists',
    values: { description: { before: { role: 'viewer', tags: ['a', 2, null] }, 'line\nend': {} } },
    record: { Description: { before: { role: 'viewer', tags: ['a', 2, null] }, 'line\nend': {} } },
    malformed: true,
  },
  {
    odd: 'sets and binary',
    values: { action: new Set(['one']), description: new Uint8Array([0, 1, 254, 255]) },
    record: { Action: ['one'], Description: 'AAH+/w==' },
    malformed: true,
  },
  {
    odd: 'a description of 390 KB',
    values: { description: 'ü"\\'.repeat(99_840) },
    record: { Description: 'ü"\\'.repeat(99_840) },
  },
  {
    odd: 'control characters',
    values: { description: '\u0000\u0007\u001b[31mred\u001b[0m\u007f\u009b' },
    record: { Description: '\u0000\u0007\u001b[31mred\u001b[0m\u007f\u009b' },
  },
  {
    odd: 'line separators of every kind',
    values: { action: 'a\nb\r\nc\rd', description: 'e\u2028f\u2029g\u0085h\u000bi\u000cj' },
    record: { Action: 'a\nb\r\nc\rd', Description: 'e\u2028f\u2029g\u0085h\u000bi\u000cj' },
  },
  {
    odd: 'JSON in a text',
    values: { description: '"},{"Date":"forged"}\n{' },
    record: { Description: '"},{"Date":"forged"}\n{' },
  },
  {
    odd: 'a date that is none',
    values: { date: 'yesterday', action: 'Signed in' },
    record: { Date: 'yesterday', Action: 'Signed in' },
    malformed: true,
  },
  {
    odd: 'a date with an offset',
    values: { date: '2025-03-03T05:30:00.5+05:30', action: 'Signed in' },
    record: { Date: '2025-03-03T00:00:00.500Z', Action: 'Signed in' },
  },
  {
    odd: 'a date in epoch seconds',
    values: { date: 1_740_960_000, action: 'Signed in' },
    record: { Date: '2025-03-03T00:00:00.000Z', Action: 'Signed in' },
  },
  {
    odd: 'a date alone',
    values: { date: '2025-03-03T00:00:00Z' },
    record: { Date: '2025-03-03T00:00:00.000Z' },
    malformed: true,
  },
];

describe('an audit row', () => {
  const keys = ['Date', 'Email', 'Action', 'Action ID', 'Description', 'IP Address'];
  const recordedAt = (index: number) =>
    new Date(Date.parse('2025-03-03T00:00:00Z') + index * 1000).toISOString();
  const expected = oddRows.map(({ record }, index) =>
    JSON.stringify(
      Object.fromEntries(keys.map(key => [key, { Date: recordedAt(index), ...record }[key] ?? null])),
    ),
  );

  test.each(clouds)('whatever it may hold is delivered to %s, on a line of its own', async cloud => {
    const accountId = `odd ${cloud}`;
    const healthy = `healthy ${cloud}`;
    await pipeline.provision(accountId, { cloud, timeZone });
    await Promise.all(
      oddRows.map(({ values }, index) => pipeline.putRow(accountId, `${recordedAt(index)}#${index}`, values)),
    );
    await pipeline.provision(healthy, { cloud, timeZone }, healthyRows);
    await pipeline.tick(tick);

    const [text = ''] = await pipeline.textsOf(cloud, accountId);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/);
    const lines = text.split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map(line => JSON.stringify(JSON.parse(line)))).toEqual(expected);
    const { files } = await pipeline.ledgerOf(accountId);
    const malformed = oddRows.filter(row => row.malformed).length;
    expect(files).toMatchObject([{ records: oddRows.length, malformed }]);
    expect(pipeline.eventTypesOf(accountId)).toEqual(['Export Delivered']);
    expect(await pipeline.textsOf(cloud, healthy)).toEqual([ndjson(healthyRows)]);
  });
});

describe('an account id', () => {
  const ids: readonly (readonly [string, Cloud, string])[] = [
    ['that climbs folders', 's3', '../../x'],
    ['that climbs folders', 'gcs', '../x'],
    ['that climbs folders', 'azure', '..\\..\\x'],
    ['with a slash', 'azure', 'a/b'],
    ['with a slash', 's3', '/b/'],
    ['of emoji', 'gcs', '🧑‍🚀🛰️ ∅'],
    ['of emoji', 'azure', '🧑‍🚀🛰️'],
    ['of 128 characters', 's3', 'x'.repeat(128)],
    ['of 162 bytes', 'gcs', 'ü'.repeat(81)],
    ['of 128 characters', 'azure', '/'.repeat(128)],
    ['with what logs, headers and queries care for', 's3', 'a\r\nX-Amz-Acl: public-read&prefix=%2e%2e#{"'],
  ];

  test.each(ids)('%s is delivered to in %s', async (_, cloud, accountId) => {
    await pipeline.provision(accountId, { cloud, timeZone }, healthyRows);
    await pipeline.tick(tick);
    const [found] = await pipeline.objectsOf(cloud, accountId);
    const encoded = Buffer.from(accountId).toString('base64url');
    expect(found?.key).toBe(`audit/${encoded}/audit_${encoded}_20250303T023000Z.zip`);
    expect(await pipeline.textsOf(cloud, accountId)).toEqual([ndjson(healthyRows)]);
    expect(pipeline.eventTypesOf(accountId)).toEqual(['Export Delivered']);
  });

  test('too long for the name of a file fails by name, not in the bucket', async () => {
    const accountId = '🛰️'.repeat(64);
    await pipeline.provision(accountId, { timeZone }, healthyRows);
    await pipeline.tick(tick);
    expect((await pipeline.ledgerOf(accountId)).cursor?.lastError).toMatchObject({
      code: 'account_invalid',
      message: expect.stringMatching(/accountId: expected at most 162 bytes of UTF-8, so that a file's name/),
    });
  });
});

describe('a message that is not ours', () => {
  const strangers = [
    'hello',
    '{}',
    '[]',
    'null',
    '{"accountId":5,"tick":"2025-03-03T02:30:00.000Z"}',
    '{"accountId":"healthy","tick":"yesterday"}',
    '{"accountId":"healthy","tick":"9999-03-03T02:30:00.000Z"}',
  ];

  test('is named, set aside after its attempts, and holds nobody up', async () => {
    await pipeline.provision('healthy', { timeZone }, healthyRows);
    for (const stranger of strangers) await pipeline.sendText(stranger);
    await pipeline.tick(tick, pipeline.withoutWaiting());
    expect(await pipeline.textsOf('s3', 'healthy')).toEqual([ndjson(healthyRows)]);
    expect(pipeline.eventTypesOf('healthy')).toEqual(['Export Delivered']);
    expect(await pipeline.messagesLeft()).toBe(0);
    expect((await pipeline.deadLetters()).toSorted()).toEqual(strangers.toSorted());
    const named = (await pipeline.logLines()).filter(line =>
      JSON.stringify(line).includes('message_invalid'),
    );
    expect(named.length).toBeGreaterThanOrEqual(strangers.length);
  });

  test('of an account that is gone is done with', async () => {
    await pipeline.sendMessage('never heard of', tick);
    await pipeline.drain();
    expect(await pipeline.messagesLeft()).toBe(0);
    expect(await pipeline.deadLetters()).toEqual([]);
    expect(await pipeline.ledgerOf('never heard of')).toEqual({ cursor: undefined, files: [] });
  });
});
