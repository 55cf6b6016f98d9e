import { distance } from 'fastest-levenshtein';
import {
  auditRecord,
  type RecordField,
  recordColumns,
  type StoredRow,
} from '../../../lambdas/domain/audit-record.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import { expectedForms, keyForm } from '../../../lambdas/domain/sort-key.ts';
import type { AuditLogSource } from '../../../lambdas/environment.ts';
import { counted } from '../../terminal/wording.ts';

/** Tolerance for writers whose clock is ahead. */
const ahead = 10 * 60_000;

/** What sampled rows show about the configuration of the stage; each text is a sentence for the operator. */
export interface Judgement {
  /** Forms of sort keys that put rows into no file, or into the file of a wrong window. */
  readonly unreadableKeys: string | undefined;
  /** Keys in the future, probably written in local time. */
  readonly futureKeys: string | undefined;
  /** Configured attributes that none of the rows has. */
  readonly absentAttributes: string | undefined;
}

/** Compares rows (at least one) with the configuration of the stage. */
export function judgeRows(rows: readonly StoredRow[], source: AuditLogSource, now: Instant): Judgement {
  const forms = rows.map(row => keyForm(row[source.sortKey], source.sortKeyType));
  const unreadable = Map.groupBy(
    forms.filter(({ readable }) => !readable),
    ({ name }) => name,
  );
  const future = forms.filter(({ instant }) => instant !== undefined && instant > now + ahead);
  return {
    unreadableKeys:
      unreadable.size === 0
        ? undefined
        : `of ${counted(rows.length, 'row')}, ${[...unreadable].map(([name, { length }]) => `${length} with ${name}`).join(', ')}; expected ${expectedForms[source.sortKeyType]}`,
    futureKeys:
      future.length === 0
        ? undefined
        : `of ${counted(rows.length, 'row')}, ${future.length} in the future: probably written in local time`,
    absentAttributes: absentAttributes(rows, source),
  };
}

function absentAttributes(
  rows: readonly StoredRow[],
  { partitionKey, sortKey, attributes }: AuditLogSource,
): string | undefined {
  const present = new Set(rows.flatMap(row => Object.keys(row)));
  const mapped = new Map<string, RecordField[]>();
  for (const [, field] of recordColumns)
    mapped.set(attributes[field], [...(mapped.get(attributes[field]) ?? []), field]);
  // Without a date attribute, the date comes from the sort key.
  const absent = [...mapped].filter(
    ([name, fields]) => !present.has(name) && fields.some(field => field !== 'date'),
  );
  if (absent.length === 0) return undefined;
  const free = [...present].filter(name => !mapped.has(name) && name !== partitionKey && name !== sortKey);
  const words = absent.map(([name, fields]) => `${name} (${fields.join(', ')})${suggestion(name, free)}`);
  const others =
    free.length === 0 ? '' : `\nattributes of the rows that are not configured: ${free.sort().join(', ')}`;
  return `of ${counted(rows.length, 'row')}, none has ${words.join(', ')}${others}`;
}

function suggestion(name: string, free: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const near = free.filter(other => distance(plain(name), plain(other)) <= Math.min(name.length / 3, 3));
  return near.length === 1 ? `: did you mean ${near[0]}?` : '';
}

/** A row in the form in which it would be delivered. */
export function deliveredForm(row: StoredRow, { attributes, sortKey, required }: AuditLogSource) {
  return auditRecord(row, { ...attributes, sortKey, required });
}

export function keyRemedy({ sortKeyType }: AuditLogSource): string {
  const other = sortKeyType === 'iso' ? 'epochMilliseconds' : 'iso';
  return `Rows with such keys are in no file, or in the file of another window. Write the keys in the configured form, or change auditLog.sortKeyType from ${sortKeyType} to ${other}`;
}
