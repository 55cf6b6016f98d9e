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

/** Clocks of writers may be a little ahead. */
const ahead = 10 * 60_000;

/** What a few rows tell of how the stage is set up; each text is a sentence for an operator. */
export interface Judgement {
  /** Forms of sort keys that put rows into no file, or into that of a wrong window; empty if there are none. */
  readonly unreadableKeys: string | undefined;
  /** Keys that are later than now: written in another time zone, by their look. */
  readonly futureKeys: string | undefined;
  /** Attributes that are mapped, and that no row has. */
  readonly absentAttributes: string | undefined;
}

/** Judges rows, at least one, by what the stage declares. */
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
        : `of ${counted(rows.length, 'row')}, ${future.length} with one that is later than now: keys in local time look so`,
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
  // The date is that of the sort key where there is none.
  const absent = [...mapped].filter(
    ([name, fields]) => !present.has(name) && fields.some(field => field !== 'date'),
  );
  if (absent.length === 0) return undefined;
  const free = [...present].filter(name => !mapped.has(name) && name !== partitionKey && name !== sortKey);
  const words = absent.map(([name, fields]) => `${name} (${fields.join(', ')})${suggestion(name, free)}`);
  const others = free.length === 0 ? '' : `\nrows have beside what is mapped: ${free.sort().join(', ')}`;
  return `of ${counted(rows.length, 'row')} none has ${words.join(', ')}${others}`;
}

function suggestion(name: string, free: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const near = free.filter(other => distance(plain(name), plain(other)) <= Math.min(name.length / 3, 3));
  return near.length === 1 ? `: did you mean ${near[0]}?` : '';
}

/** A row as it would be delivered. */
export function deliveredForm(row: StoredRow, { attributes, sortKey, required }: AuditLogSource) {
  return auditRecord(row, { ...attributes, sortKey, required });
}

export function keyRemedy({ sortKeyType }: AuditLogSource): string {
  const other = sortKeyType === 'iso' ? 'epochMilliseconds' : 'iso';
  return `Rows with other keys are in no file, or in that of another window. Write the keys in the declared form, or declare theirs: auditLog.sortKeyType is ${sortKeyType}, and could be ${other}`;
}
