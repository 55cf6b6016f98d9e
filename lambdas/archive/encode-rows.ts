import { isUtf8 } from 'node:buffer';
import {
  auditRecord,
  fieldsOf,
  type RowLayout,
  type StoredRow,
  type StoredValue,
} from '../domain/audit-record.ts';
import { ExportError } from '../domain/failure.ts';
import { fromAttributeValue, isMap, mapValues } from './attribute-value.ts';
import { missingRow, type Page } from './page.ts';

/**
 * Encodes rows as a page. `transcodePage` gives the same result faster, without parsing rows into
 * objects; tests compare the two.
 *
 * @param excluded a sort key outside the window that the query returns nevertheless; its row is left out
 * @throws ExportError `internal` if a row has no sort key
 */
export function encodeRows(
  rows: readonly StoredRow[],
  layout: RowLayout,
  excluded?: string,
  lastEvaluatedKey?: Page['lastEvaluatedKey'],
): Page {
  const kept = rows
    .map(row => ({ row, sortKey: sortKeyText(row[layout.sortKey]) }))
    .filter(({ sortKey }) => sortKey !== excluded);
  const records = kept.map(({ row }) => auditRecord(row, layout));
  let end = 0;
  return {
    lines: Buffer.from(records.map(({ json }) => `${json}\n`).join(''), 'utf8'),
    count: kept.length,
    rowEnds: records.map(({ json }) => {
      end += Buffer.byteLength(json, 'utf8') + 1;
      return end;
    }),
    fields: kept.reduce((fields, { row }) => fields | fieldsOf(row, layout), 0),
    malformedRows: [...records.keys()].filter(row => records[row]?.malformed),
    sortKey: row => kept[row]?.sortKey ?? missingRow(row),
    lastEvaluatedKey,
  };
}

/**
 * Parses the body of an answer to a DynamoDB Query and encodes its rows as a page.
 *
 * @throws ExportError `internal` if the body is not a whole answer
 */
export function parsePage(body: Uint8Array, layout: RowLayout, excluded?: string): Page {
  const answer = parseAnswer(body);
  if (!isMap(answer) || !Array.isArray(answer.Items) || !answer.Items.every(isMap))
    throw new ExportError('internal', "DynamoDB's answer to a query has no list of items");
  const { Items: items, Count: count, LastEvaluatedKey: lastEvaluatedKey } = answer;
  if (count !== items.length)
    throw new ExportError('internal', `DynamoDB's answer announces ${count} items and has ${items.length}`);
  if (lastEvaluatedKey !== undefined && !isMap(lastEvaluatedKey))
    throw new ExportError('internal', "DynamoDB's answer has a last evaluated key that is not a map");
  const rows = items.map(item => mapValues(item, fromAttributeValue));
  return encodeRows(rows, layout, excluded, lastEvaluatedKey);
}

function parseAnswer(body: Uint8Array): unknown {
  if (!isUtf8(body)) throw new ExportError('internal', "DynamoDB's answer is not UTF-8");
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  } catch {
    // The original error is not kept as `cause`: its message quotes rows, which must not reach a log.
    throw new ExportError('internal', "DynamoDB's answer is not JSON");
  }
}

function sortKeyText(sortKey: StoredValue): string {
  if (typeof sortKey === 'string') return sortKey;
  if (typeof sortKey === 'number' || typeof sortKey === 'bigint') return String(sortKey);
  throw new ExportError('internal', 'A row of the audit log has no sort key');
}
