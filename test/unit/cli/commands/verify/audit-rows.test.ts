import { describe, expect, test } from 'vitest';
import { auditRowSteps } from '../../../../../cli/commands/verify/audit-rows.ts';
import { defaultAttributes, type StoredRow } from '../../../../../lambdas/domain/audit-record.ts';
import type { AuditLogSource } from '../../../../../lambdas/environment.ts';

const now = Date.parse('2026-11-22T08:00:00Z');
const { sortKey, ...attributes } = defaultAttributes;
const source: AuditLogSource = {
  tableName: 'audit',
  partitionKey: 'accountId',
  sortKey,
  sortKeyType: 'iso',
  attributes,
};
const row = (recordedAt: unknown = '2026-11-22T07:59:59.120Z#01JD', more: object = {}) =>
  ({
    accountId: 'acme',
    recordedAt,
    email: 'ann@example.com',
    action: 'Signed in',
    actionId: 'auth.sign_in',
    description: 'Ann signed in',
    ipAddress: '192.0.2.1',
    ...more,
  }) as StoredRow;
const look = (rows: Parameters<typeof auditRowSteps>[0]['rows'], own: Partial<AuditLogSource> = {}) =>
  auditRowSteps({ rows, source: { ...source, ...own }, now, alone: true });

describe('the rows of an account', () => {
  test('in order are shown as they are delivered', () => {
    expect(look([row()])).toEqual([
      { name: 'its rows have sort keys in the configured form', outcome: 'right' },
      { name: 'its rows were recorded in the past', outcome: 'right' },
      { name: 'its rows have the attributes that are delivered', outcome: 'right' },
      {
        name: 'its newest row, as delivered',
        outcome: 'right',
        detail:
          '{"Date":"2026-11-22T07:59:59.120Z","Email":"ann@example.com","Action":"Signed in","Action ID":"auth.sign_in","Description":"Ann signed in","IP Address":"192.0.2.1"}',
      },
    ]);
  });

  test('with sort keys of another form are wrong: the form found and the form expected are named', () => {
    const [step] = look([row('2026-11-22 07:59:59Z'), row('1795334399'), row()]);
    expect(step).toMatchObject({
      outcome: 'wrong',
      detail:
        'of 3 rows, 1 with ISO 8601 with a space in the place of T, 1 with seconds since 1970 as text; expected text in ISO 8601 in UTC, such as 2026-11-22T07:59:59.120Z#01JD',
    });
  });

  test('with keys in seconds where milliseconds are declared are wrong', () => {
    const [step] = look([row(1_795_334_399)], { sortKeyType: 'epochMilliseconds' });
    expect(step).toMatchObject({
      outcome: 'wrong',
      detail: 'of 1 row, 1 with a number of seconds since 1970; expected a number of milliseconds since 1970',
    });
  });

  test('that are later than now are warned of: they are in local time, by their look', () => {
    expect(look([row('2026-11-22T09:59:59')])[1]).toMatchObject({ outcome: 'warning' });
  });

  test('without a mapped attribute are warned of, with the attribute that is probably meant', () => {
    const { email: _, ...rest } = row(undefined, { e_mail: 'ann@example.com', tenant: 't' });
    expect(look([rest])[2]).toMatchObject({
      outcome: 'warning',
      detail:
        'of 1 row, none has email (email): did you mean e_mail?\nattributes of the rows that are not configured: e_mail, tenant',
    });
  });

  test('that lack a required field are shown as malformed', () => {
    const steps = look([row(undefined, { actionId: null })], { required: ['actionId'] });
    expect(steps.at(-1)).toMatchObject({ outcome: 'warning', name: 'its newest row, as delivered' });
  });

  test('are not shown where many accounts are verified', () => {
    const steps = auditRowSteps({ rows: [row()], source, now, alone: false });
    expect(JSON.stringify(steps)).not.toContain('ann@example.com');
  });

  test('that are not there, or cannot be seen, are told so', () => {
    expect(look([])).toMatchObject([{ outcome: 'warning' }]);
    expect(look({ reason: 'denied', words: '' })).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('of a table with other keys are wrong, with what DynamoDB says', () => {
    const words = 'Query condition missed key schema element: tenant';
    expect(look({ reason: 'other-keys', words })).toMatchObject([{ outcome: 'wrong', detail: words }]);
  });
});
