import { describe, expect, test } from 'vitest';
import { changedAttributes, changeOf, isAsItWas } from '../../../../../cli/stage/account/record-change.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
  plan: 'gold',
};

/** An expression with its placeholders replaced. */
function spelledOut(
  expression = '',
  {
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  }: { ExpressionAttributeNames?: object; ExpressionAttributeValues?: object },
): string {
  const stands = new Map<string, unknown>([...Object.entries(names), ...Object.entries(values)]);
  return expression.replaceAll(/[#:]\d+/g, placeholder => {
    const found = stands.get(placeholder);
    return typeof found === 'string' ? found : JSON.stringify(found);
  });
}

const asItWas =
  'accountId = {"S":"acme"} AND timeZone = {"S":"UTC"} AND attribute_not_exists(exportFrom) AND ' +
  'attribute_not_exists(addOnExpiresAt) AND status = {"S":"active"} AND size(destination) = {"N":"2"} AND ' +
  'destination.type = {"S":"gcs"} AND destination.bucket = {"S":"acme-audit"} AND ' +
  'secretId = {"S":"siem-export/prod/acme"} AND attribute_not_exists(format) AND attribute_not_exists(compression) AND attribute_not_exists(emptyWindows) AND attribute_not_exists(reader)';

describe('a change of a record', () => {
  test('sets and removes what is different, if every attribute that exports follow is as it was', () => {
    const { secretId: _, ...others } = record;
    const change = changeOf(record, { ...others, format: 'json', timeZone: 'Asia/Tokyo' });
    expect(spelledOut(change.ConditionExpression, change)).toBe(asItWas);
    expect(spelledOut(change.UpdateExpression, change)).toBe(
      'SET timeZone = {"S":"Asia/Tokyo"}, format = {"S":"json"} REMOVE secretId',
    );
  });

  test('that is none is a condition alone', () => {
    const change = changeOf(record, { ...record, destination: { ...record.destination } });
    expect(change).not.toHaveProperty('UpdateExpression');
    expect(spelledOut(change.ConditionExpression, change)).toBe(asItWas);
  });
});

test('a record that is to be removed is removed as it was only', () => {
  const condition = isAsItWas(record);
  expect(spelledOut(condition.ConditionExpression, condition)).toBe(asItWas);
});

test('two records differ in the attributes that either has', () => {
  expect(
    changedAttributes({ accountId: 'a', one: 1, list: [1] }, { accountId: 'a', list: [1], two: {} }),
  ).toEqual(['one', 'two']);
});
