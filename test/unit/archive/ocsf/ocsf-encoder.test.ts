import { describe, expect, test } from 'vitest';
import { encodeRows } from '../../../../lambdas/archive/encode-rows.ts';
import { createOcsfEncoder } from '../../../../lambdas/archive/ocsf/ocsf-encoder.ts';
import { defaultAttributes, type StoredRow } from '../../../../lambdas/domain/audit-record.ts';
import type { Mapping } from '../../../../lambdas/domain/mapping.ts';

const settings: Mapping = {
  version: '1.1.0',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [
    { kind: 'exact', text: 'Signed in', verb: 'login', outcome: 'success' },
    { kind: 'exact', text: 'Sign-in failed', verb: 'login', outcome: 'failure' },
    { kind: 'exact', text: 'Signed out', verb: 'logout', outcome: 'success' },
    { kind: 'prefix', text: 'Created ', verb: 'create', outcome: 'success' },
    { kind: 'prefix', text: 'Viewed ', verb: 'read', outcome: 'unknown' },
    { kind: 'glob', text: 'Changed *role*', verb: 'permission', outcome: 'success' },
    { kind: 'prefix', text: 'Changed ', verb: 'update', outcome: 'failure' },
    { kind: 'prefix', text: 'Deleted ', verb: 'delete', outcome: 'success' },
  ],
};

const usual: StoredRow = {
  recordedAt: '2026-11-22T17:42:08.120Z#01JD',
  date: '2026-11-22T17:42:08.120Z',
  email: 'eva@example.com',
  action: 'Invited a guest',
  actionId: 'invite_48213',
  description: 'Eva invited a guest',
  ipAddress: '203.0.113.7',
};

function linesOf(rows: readonly StoredRow[], given = settings): string[] {
  const page = encodeRows(rows, defaultAttributes);
  const events = createOcsfEncoder('acme', given).encode(page, 0, page.count);
  return Buffer.from(events).toString('utf8').split('\n');
}

/** The event of a row that differs from the usual one. */
function eventOf(changes: StoredRow, given = settings): Record<string, unknown> {
  const [line = '', rest] = linesOf([{ ...usual, ...changes }], given);
  expect(rest).toBe('');
  return JSON.parse(line) as Record<string, unknown>;
}

describe('the event of a row', () => {
  test('is one line that begins with what it is and when it happened', () => {
    expect(linesOf([usual, { ...usual, action: 'Signed in', actionId: 'signin_1' }])).toEqual([
      '{"activity_id":99,"activity_name":"Invited a guest","category_uid":6,"category_name":"Application Activity",' +
        '"class_uid":6003,"class_name":"API Activity","type_uid":600399,"type_name":"API Activity: Other",' +
        '"time":1795369328120,"severity_id":1,"severity":"Informational","status_id":0,"status":"Unknown",' +
        '"message":"Eva invited a guest","actor":{"user":{"name":"eva@example.com","email_addr":"eva@example.com"}},' +
        '"api":{"operation":"Invited a guest","service":{"name":"Example SaaS"}},"src_endpoint":{"ip":"203.0.113.7"},' +
        '"metadata":{"version":"1.1.0","uid":"invite_48213","original_time":"2026-11-22T17:42:08.120Z",' +
        '"log_name":"audit","tenant_uid":"acme","product":{"name":"Example SaaS","vendor_name":"Example"}}}',
      '{"activity_id":1,"activity_name":"Logon","category_uid":3,"category_name":"Identity & Access Management",' +
        '"class_uid":3002,"class_name":"Authentication","type_uid":300201,"type_name":"Authentication: Logon",' +
        '"time":1795369328120,"severity_id":1,"severity":"Informational","status_id":1,"status":"Success",' +
        '"message":"Eva invited a guest","user":{"name":"eva@example.com","email_addr":"eva@example.com"},' +
        '"service":{"name":"Example SaaS"},"src_endpoint":{"ip":"203.0.113.7"},' +
        '"metadata":{"version":"1.1.0","uid":"signin_1","original_time":"2026-11-22T17:42:08.120Z",' +
        '"log_name":"audit","tenant_uid":"acme","product":{"name":"Example SaaS","vendor_name":"Example"},' +
        '"event_code":"Signed in"}}',
      '',
    ]);
  });

  test('has the version that was asked for', () => {
    expect(eventOf({}, { ...settings, version: '1.8.0' }).metadata).toMatchObject({ version: '1.8.0' });
  });

  test.each([
    ['Signed in', 300201, 'Authentication: Logon', 'Logon', 1],
    ['Sign-in failed', 300201, 'Authentication: Logon', 'Logon', 2],
    ['Signed out', 300202, 'Authentication: Logoff', 'Logoff', 1],
    ['Created a project', 600301, 'API Activity: Create', 'Create', 1],
    ['Viewed a project', 600302, 'API Activity: Read', 'Read', 0],
    ['Changed a name', 600303, 'API Activity: Update', 'Update', 2],
    ['Changed the role of Kim', 600303, 'API Activity: Update', 'Update', 1],
    ['Deleted a project', 600304, 'API Activity: Delete', 'Delete', 1],
    ['Danced', 600399, 'API Activity: Other', 'Danced', 0],
    [undefined, 600300, 'API Activity: Unknown', 'Unknown', 0],
  ])('with the action %s is of the type %i', (action, typeUid, typeName, activityName, statusId) => {
    expect(eventOf({ action })).toMatchObject({
      type_uid: typeUid,
      type_name: typeName,
      class_uid: Math.floor(typeUid / 100),
      activity_id: typeUid % 100,
      activity_name: activityName,
      status_id: statusId,
      status: ['Unknown', 'Success', 'Failure'][statusId],
    });
  });

  test('has what is absent nowhere, or as unknown where the schema requires it', () => {
    const [line = ''] = linesOf([{ recordedAt: usual.recordedAt }]);
    const { api, actor, src_endpoint, metadata, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(api).toEqual({ operation: 'unknown', service: { name: 'Example SaaS' } });
    expect(actor).toEqual({ user: { name: 'unknown' } });
    expect(src_endpoint).toEqual({ name: 'unknown' });
    expect(metadata).not.toHaveProperty('uid');
    expect(rest).not.toHaveProperty('message');
    expect(rest).not.toHaveProperty('unmapped');
    expect(line).not.toContain('null');
  });

  test('has an email that is none as a name only', () => {
    for (const email of ['cron', 'eva@localhost', 'jürgen@example.com', ''])
      expect(eventOf({ email }).actor).toEqual({ user: { name: email } });
  });

  test('has an email with unusual characters as an email where the version allows it', () => {
    const email = "o'hara@example.com";
    expect(eventOf({ email }).actor).toEqual({ user: { name: email } });
    expect(eventOf({ email }, { ...settings, version: '1.8.0' }).actor).toEqual({
      user: { name: email, email_addr: email },
    });
  });

  test('has an IP address that is none under `unmapped`', () => {
    for (const ipAddress of ['203.0.113.7:443', 'fe80::1%eth0', '10.0.0.1, 203.0.113.7', ''])
      expect(eventOf({ ipAddress })).toMatchObject({
        src_endpoint: { name: 'unknown' },
        unmapped: { 'IP Address': ipAddress },
      });
    expect(eventOf({ ipAddress: '2001:db8::7' }).src_endpoint).toEqual({ ip: '2001:db8::7' });
  });

  test('keeps the escapes of the line', () => {
    const description = 'a "quoted" \\ back\u2028slash, Straße 😀\n';
    const [line = ''] = linesOf([{ ...usual, description, email: 'a"b\\', ipAddress: '\\"' }]);
    expect(line).toContain('"message":"a \\"quoted\\" \\\\ back\\u2028slash, Straße 😀\\n"');
    expect(JSON.parse(line)).toMatchObject({
      message: description,
      actor: { user: { name: 'a"b\\' } },
      unmapped: { 'IP Address': '\\"' },
    });
  });

  test('has a value that is longer than the version allows under `unmapped`', () => {
    const description = 'é'.repeat(32_768);
    const changes = { description, ipAddress: 'x', email: 'y'.repeat(65_535) };
    const event = eventOf(changes);
    expect(event).not.toHaveProperty('message');
    expect(event.unmapped).toEqual({ Description: description, 'IP Address': 'x' });
    expect(event.actor).toEqual({ user: { name: changes.email } });
    expect(event.time).toBe(1795369328120);
    expect(eventOf(changes, { ...settings, version: '1.8.0' })).toMatchObject({
      message: description,
      unmapped: { 'IP Address': 'x' },
    });
    expect(eventOf({ ...changes, email: 'y'.repeat(65_536), action: 'z'.repeat(65_536) })).toMatchObject({
      actor: { user: { name: 'unknown' } },
      api: { operation: 'unknown' },
      type_uid: 600300,
    });
  });

  test('has a value that is not text as its JSON', () => {
    const event = eventOf({ email: 7, actionId: true, description: { text: 'a "b"' }, ipAddress: ['::1'] });
    expect(event).toMatchObject({
      actor: { user: { name: '7' } },
      metadata: { uid: 'true' },
      message: '{"text":"a \\"b\\""}',
      unmapped: { 'IP Address': '["::1"]' },
    });
  });
});

describe('the time of an event', () => {
  const timeOf = (changes: StoredRow) => {
    const { time, metadata } = eventOf(changes);
    return [new Date(time as number).toISOString(), (metadata as Record<string, unknown>).original_time];
  };

  test('is that of the date', () => {
    expect(timeOf({ date: '2024-02-29T23:59:59.999+14:00' })).toEqual([
      '2024-02-29T09:59:59.999Z',
      '2024-02-29T09:59:59.999Z',
    ]);
  });

  test('is that of the recording if the date cannot be read', () => {
    expect(timeOf({ date: 'yesterday' })).toEqual(['2026-11-22T17:42:08.120Z', 'yesterday']);
    expect(timeOf({ date: 'yesterday', recordedAt: 1795369328120 })).toEqual([
      '2026-11-22T17:42:08.120Z',
      'yesterday',
    ]);
    // Milliseconds in the year 2030 that look like a compact date.
    expect(timeOf({ date: 'yesterday', recordedAt: 1901011500000 })[0]).toBe('2030-03-29T10:45:00.000Z');
  });

  test('is that of the sort key as UTC, to the second or the day, if that may mean another zone', () => {
    expect(timeOf({ date: 'yesterday', recordedAt: '2026-11-22T17:42:08 CET' })[0]).toBe(
      '2026-11-22T17:42:08.000Z',
    );
    expect(timeOf({ date: 'yesterday', recordedAt: '2026-11-22T1742' })[0]).toBe('2026-11-22T00:00:00.000Z');
    expect(timeOf({ date: 'yesterday', recordedAt: 'tomorrow' })[0]).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('events of many rows', () => {
  test('are the same when the values are too many or too long to be kept', () => {
    const rows = Array.from({ length: 10_050 }, (_, number) => ({
      ...usual,
      email: `user${number % 10_020}@example.com`,
      action: number % 2 === 0 ? 'x'.repeat(300) : 'Signed in',
    }));
    const lines = linesOf(rows);
    const wrong = rows.filter(
      ({ email, action }, number) =>
        !lines[number]?.includes(`"name":"${email}"`) || !lines[number].includes(`"${action}"`),
    );
    expect(lines).toHaveLength(rows.length + 1);
    expect(wrong).toEqual([]);
  });

  test('are none for no rows', () => {
    expect(linesOf([])).toEqual(['']);
    const page = encodeRows([usual], defaultAttributes);
    expect(createOcsfEncoder('acme', settings).encode(page, 1, 1)).toHaveLength(0);
  });

  test('are refused for rows that the page does not have', () => {
    const page = encodeRows([usual], defaultAttributes);
    expect(() => createOcsfEncoder('acme', settings).encode(page, 0, 2)).toThrow(RangeError);
  });

  test('are refused if a row is malformed and the page does not say so', () => {
    for (const change of [{ actionId: 7 }, { ipAddress: true }, { email: ['a'] }, { description: {} }]) {
      const page = { ...encodeRows([{ ...usual, ...change }], defaultAttributes), malformedRows: [] };
      expect(() => createOcsfEncoder('acme', settings).encode(page, 0, 1)).toThrow(
        'neither a string nor null',
      );
    }
  });
});
