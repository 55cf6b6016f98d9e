import type { Destination } from '../lambdas/domain/account.ts';
import type { StoredValue } from '../lambdas/domain/audit-record.ts';
import type { Compression, Format } from '../lambdas/domain/format.ts';
import type { Instant } from '../lambdas/domain/instant.ts';

/** A record of the table `Accounts`, as an operator writes it. */
export interface AccountRecord {
  readonly accountId: string;
  readonly timeZone: string;
  readonly status: 'active';
  readonly exportFrom: string;
  readonly destination: Destination;
  readonly secretId?: string;
  readonly format: Format;
  readonly compression: Compression;
}

/** The fields of an audit row, by the names that the stack's own table has for them. */
export const fields = ['date', 'email', 'action', 'actionId', 'description', 'ipAddress'] as const;
export type Field = (typeof fields)[number];

/** An audit row as the product would store it. */
export interface AuditRow {
  readonly accountId: string;
  /** When it was recorded: it decides the window. */
  readonly recordedAt: Instant;
  /** Unlike that of any other row of the account. */
  readonly id: string;
  readonly values: Readonly<Partial<Record<Field, StoredValue>>>;
}

/** An account of a run, with the rows that have to arrive. */
export interface LocalAccount {
  readonly record: AccountRecord;
  readonly rows: readonly AuditRow[];
}

/** What a run provisions, and the ticks that it then sends. */
export interface Scenario {
  readonly accounts: readonly LocalAccount[];
  readonly ticks: readonly Instant[];
}
