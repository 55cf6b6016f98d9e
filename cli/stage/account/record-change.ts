import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { accountAttributes } from '../../../lambdas/domain/account.ts';
import type { AccountRecord } from './account-record.ts';

/**
 * Collects names and values for a DynamoDB expression; placeholders are needed because many names are reserved words.
 */
function createExpressions() {
  const names = new Map<string, string>();
  const values = new Map<string, AttributeValue>();
  return {
    name(attribute: string): string {
      const name = `#${names.size}`;
      names.set(name, attribute);
      return name;
    },
    value(value: unknown): string {
      const name = `:${values.size}`;
      const { given } = marshall({ given: value }, { removeUndefinedValues: true });
      if (given !== undefined) values.set(name, given);
      return name;
    },
    named: () => ({
      ExpressionAttributeNames: Object.fromEntries(names),
      ...(values.size > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
    }),
  };
}

type Expressions = ReturnType<typeof createExpressions>;

/** The condition that every attribute that exports depend on still has the value that was read. */
function conditionOf(record: AccountRecord, expressions: Expressions): string {
  return accountAttributes
    .flatMap(attribute => {
      const path = expressions.name(attribute);
      const value = record[attribute];
      return value === undefined ? `attribute_not_exists(${path})` : equals(path, value, expressions);
    })
    .join(' AND ');
}

/** Compares a map by its size and members: DynamoDB compares whole maps, but the emulator (Dynalite) does not. */
function equals(path: string, value: unknown, expressions: Expressions): string[] {
  if (!isMap(value)) return [`${path} = ${expressions.value(value)}`];
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return [
    `size(${path}) = ${expressions.value(members.length)}`,
    ...members.flatMap(([name, member]) => equals(`${path}.${expressions.name(name)}`, member, expressions)),
  ];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The condition that a record exists and has not changed since it was read. */
export function isAsItWas(record: AccountRecord) {
  const expressions = createExpressions();
  return { ConditionExpression: conditionOf(record, expressions), ...expressions.named() };
}

/** The update from one version of a record to another, on condition that it has not changed meanwhile. */
export function changeOf(before: AccountRecord, after: AccountRecord) {
  const expressions = createExpressions();
  const ConditionExpression = conditionOf(before, expressions);
  const { name, value } = expressions;
  const changed = changedAttributes(before, after);
  const set = changed
    .filter(attribute => after[attribute] !== undefined)
    .map(attribute => `${name(attribute)} = ${value(after[attribute])}`);
  const removed = changed.filter(attribute => after[attribute] === undefined).map(name);
  const update = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(removed.length > 0 ? [`REMOVE ${removed.join(', ')}`] : []),
  ].join(' ');
  return {
    Key: marshall({ accountId: before.accountId }),
    ConditionExpression,
    ...(update !== '' && { UpdateExpression: update }),
    ...expressions.named(),
  };
}

/** True if a record is what `changeOf` makes of another one: in what it changes, and in what its condition is about. */
export function isChangedAlready(
  record: AccountRecord | undefined,
  before: AccountRecord,
  after: AccountRecord,
): boolean {
  if (record === undefined) return false;
  return [...accountAttributes, ...changedAttributes(before, after)].every(name =>
    isDeepStrictEqual(record[name], after[name]),
  );
}

/** The attributes in which two records differ. */
export function changedAttributes(before: AccountRecord, after: AccountRecord): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    name => !isDeepStrictEqual(before[name], after[name]),
  );
}
