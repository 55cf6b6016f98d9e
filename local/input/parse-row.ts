import { repeatedKeys } from '../../cli/terminal/repeated-keys.ts';
import { parseAccount } from '../../lambdas/domain/account.ts';
import {
  dateCell,
  defaultAttributes,
  recordColumns,
  type StoredValue,
} from '../../lambdas/domain/audit-record.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import type { AuditRow, Field } from '../account.ts';
import { storedBytes, unstorable } from './storable.ts';

export const defaultAccountId = 'local';

const earliest = Date.UTC(2000);
const latest = Date.UTC(2100);
/** DynamoDB’s limit is 400 KB per item; the account id and the sort key are counted with their maximum length. */
const largestRow = 400 * 1024 - 600;

/** Both names of each field: as stored, and as delivered. */
const fieldNames: ReadonlyMap<string, Field> = new Map(
  recordColumns.flatMap(([delivered, stored]) => [
    [stored, stored],
    [delivered, stored],
  ]),
);

export type ParsedRow = { readonly row: AuditRow } | { readonly faults: readonly string[] };

/**
 * Parses a line of the user’s own rows. Fields may have their stored names (`actionId`) or their delivered names
 * (`"Action ID"`). `accountId` and `recordedAt` (by default the date) are optional. Any other name is refused:
 * otherwise, the value of a misspelled field would be lost silently.
 *
 * @param id unique among all rows
 */
export function parseRow(line: string, id: string): ParsedRow {
  const object = parseObject(line);
  if (object === undefined) return { faults: ['expected a JSON object'] };
  const { accountId = defaultAccountId, recordedAt, ...rest } = object;
  const faults: string[] = [];
  const values: Partial<Record<Field, StoredValue>> = {};
  for (const [name, value] of Object.entries(rest)) {
    const field = fieldNames.get(name);
    if (field === undefined) faults.push(`${JSON.stringify(name)}: there is no such field`);
    else if (field in values) faults.push(`${JSON.stringify(name)}: this field is given twice`);
    else values[field] = value;
  }
  if (typeof accountId !== 'string') faults.push('accountId: expected text');
  else faults.push(...accountIdFaults(accountId));
  const instant = instantOfRow(recordedAt ?? values.date);
  if (instant === undefined)
    faults.push(
      `${recordedAt === undefined ? 'date' : 'recordedAt'}: expected an instant from 2000 to 2099 in ISO 8601 with its offset, such as 2026-11-22T18:30:00Z`,
    );
  if (storedBytes(values) > largestRow) faults.push('expected at most 400 KB, which is what DynamoDB stores');
  faults.push(...unstorable(object, ''));
  faults.push(...repeatedKeys(line).map(path => `${JSON.stringify(path)}: it is given twice`));
  if (faults.length > 0 || instant === undefined || typeof accountId !== 'string') return { faults };
  return { row: { accountId, recordedAt: instant, id, values } };
}

/** The faults that the exporter would find in this account id. */
function accountIdFaults(accountId: string): string[] {
  try {
    const destination = { type: 'gcs', bucket: 'audit-logs' };
    parseAccount({ accountId, timeZone: 'UTC', status: 'active', destination, secretId: 'any' });
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ExportError)) throw thrown;
    return [thrown.message.replace('The account record is invalid: ', '')];
  }
}

function parseObject(line: string): Record<string, StoredValue> | undefined {
  try {
    const value: unknown = JSON.parse(line, exactIntegers);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return value as Record<string, StoredValue>;
  } catch {
    // The message names the line; the parser’s own message would add nothing.
    return undefined;
  }
}

/** Keeps all digits of whole numbers that JavaScript would round. */
function exactIntegers(_: string, value: unknown, context?: { source?: string }): unknown {
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const { source = '' } = context ?? {};
  return BigInt(/^-?\d+$/.test(source) ? source : Number(value));
}

function instantOfRow(value: StoredValue): number | undefined {
  const { json, malformed } = dateCell({ date: value }, defaultAttributes);
  const instant = malformed ? Number.NaN : Date.parse(JSON.parse(json));
  return instant >= earliest && instant < latest ? instant : undefined;
}
