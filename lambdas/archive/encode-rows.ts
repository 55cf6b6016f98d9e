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
 * Rows as a page, by way of objects: what `transcodePage` does with bytes alone, and is measured against.
 *
 * @param excluded a sort key that lies outside the window although the query returns it; its row is left out
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
 * The body of an answer to a DynamoDB Query as a page, by way of objects.
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
    // The parser's own message quotes the rows, which do not belong in a log.
    throw new ExportError('internal', "DynamoDB's answer is not JSON");
  }
}

function sortKeyText(sortKey: StoredValue): string {
  if (typeof sortKey === 'string') return sortKey;
  if (typeof sortKey === 'number' || typeof sortKey === 'bigint') return String(sortKey);
  throw new ExportError('internal', 'A row of the audit log has no sort key');
}
