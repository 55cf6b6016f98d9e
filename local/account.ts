import type { Destination } from '../lambdas/domain/account.ts';
import type { StoredValue } from '../lambdas/domain/audit-record.ts';
import type { Compression, EmptyWindows, Format } from '../lambdas/domain/format.ts';
import type { Instant } from '../lambdas/domain/instant.ts';
import type { Reader } from '../lambdas/domain/reader.ts';

/** An account record, as an operator writes it. */
export interface AccountRecord {
  readonly accountId: string;
  readonly timeZone: string;
  readonly status: 'active';
  readonly exportFrom: string;
  readonly destination: Destination;
  readonly secretId?: string;
  readonly format: Format;
  readonly compression: Compression;
  readonly emptyWindows?: EmptyWindows;
  readonly reader?: Reader;
}

/** The fields of an audit row, with the names that the stack’s own table uses. */
export const fields = ['date', 'email', 'action', 'actionId', 'description', 'ipAddress'] as const;
export type Field = (typeof fields)[number];

/** An audit row as the vendor’s product stores it. */
export interface AuditRow {
  readonly accountId: string;
  /** The instant of recording, which decides the window. */
  readonly recordedAt: Instant;
  /** Unique among the rows of the account. */
  readonly id: string;
  readonly values: Readonly<Partial<Record<Field, StoredValue>>>;
}

/** An account of a run, with the rows that must be delivered. */
export interface LocalAccount {
  readonly record: AccountRecord;
  readonly rows: readonly AuditRow[];
}

/** What a run sets up, and the ticks that it then sends. */
export interface Scenario {
  readonly accounts: readonly LocalAccount[];
  readonly ticks: readonly Instant[];
}
