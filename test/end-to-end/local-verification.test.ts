import { createHash } from 'node:crypto';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';
import { entryName, objectKey } from '../../lambdas/domain/object-key.ts';
import type { LocalAccount } from '../../local/account.ts';
import type { StoredObject } from '../../local/delivery/stored-objects.ts';
import { verifyAccount } from '../../local/delivery/verify.ts';

const midnight = Date.parse('2026-01-01T00:00:00Z');
const four = Date.parse('2026-01-01T04:00:00Z');
const eight = Date.parse('2026-01-01T08:00:00Z');

const row = (time: string, id: string) => ({
  accountId: 'acme',
  recordedAt: Date.parse(time),
  id,
  values: { date: time, action: 'Signed in' },
});

const account: LocalAccount = {
  record: {
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    exportFrom: '2026-01-01T00:00:00Z',
    destination: { type: 'gcs', bucket: 'logs' },
    format: 'ndjson',
    compression: 'zip',
  },
  // The second row is at the boundary, and occurs twice.
  rows: [
    row('2026-01-01T03:59:59.999Z', '1'),
    row('2026-01-01T04:00:00.000Z', '2'),
    row('2026-01-01T04:00:00.000Z', '3'),
  ],
};

function line(date: string): string {
  const record = { Date: date, Email: null, Action: 'Signed in', 'Action ID': null };
  return `${JSON.stringify({ ...record, Description: null, 'IP Address': null })}\n`;
}

const early = line('2026-01-01T03:59:59.999Z');
const late = line('2026-01-01T04:00:00.000Z');

function objectOf(windowEnd: number, lines: string): StoredObject {
  const name = { accountId: 'acme', windowEnd, part: 1, compression: 'zip' } as const;
  const body = Buffer.from(zipSync({ [entryName(name)]: new TextEncoder().encode(lines) }));
  return { cloud: 'gcs', bucket: 'logs', key: objectKey(undefined, name), body };
}

function fileOf({ key, body }: StoredObject): DeliveredFile {
  return {
    window: { start: midnight, end: four },
    part: 1,
    final: true,
    place: { type: 'gcs', bucket: 'logs' },
    key,
    format: 'ndjson',
    compression: 'zip',
    records: 0,
    malformed: 0,
    bytes: body.length,
    uncompressedBytes: 0,
    sha256: createHash('sha256').update(body).digest('hex'),
    attempt: 1,
    startedAt: eight,
    deliveredAt: eight,
  };
}

const cursor = { exportedThrough: eight, version: 4, lastWrite: '', attempts: [], failures: 0 };

function problemsWith(objects: readonly StoredObject[], recorded: readonly StoredObject[] = objects) {
  const ledger = { cursor, files: recorded.map(fileOf) };
  return verifyAccount(account, objects, ledger, eight).problems;
}

const right = [objectOf(four, early), objectOf(eight, late + late)];

test('accepts each row once in the file of its window', () => {
  expect(problemsWith(right)).toEqual([]);
});

test.each([
  ['a record that is missing', [objectOf(four, early), objectOf(eight, late)], 'lacks 1 record'],
  [
    'a record twice',
    [objectOf(four, early + early), objectOf(eight, late + late)],
    'duplicate or unexpected records',
  ],
  ['a record in the wrong window', [objectOf(four, early + late), objectOf(eight, late)], 'lacks 1 record'],
  ['a file that is missing', [objectOf(four, early)], 'has no file'],
  ['a file of another time', [...right, objectOf(eight + 1000, '')], 'belongs to no window that was due'],
  [
    'a last line without its line feed',
    [objectOf(four, early.trim()), objectOf(eight, late + late)],
    'cannot be read',
  ],
])('notices %s', (_, objects, problem) => {
  expect(problemsWith(objects).join('\n')).toContain(problem);
});

test('notices a ledger that lacks a file, or has one too many', () => {
  expect(problemsWith(right, right.slice(1)).join()).toContain('does not have');
  expect(problemsWith(right, [...right, objectOf(eight + 1000, '')]).join()).toContain(
    'which does not exist',
  );
  const files = right.map(fileOf);
  const altered = files.map(file => ({ ...file, sha256: '0'.repeat(64) }));
  expect(verifyAccount(account, right, { cursor, files: altered }, eight).problems).toHaveLength(2);
  expect(verifyAccount(account, right, { cursor: undefined, files }, eight).problems).toHaveLength(1);
});
