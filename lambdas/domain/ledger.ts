import type { Attempt, Cursor, Intent, StopReason } from './cursor.ts';
import type { DeliveredFile } from './delivered-file.ts';
import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';

/**
 * The ledger's writes are conditional on the cursor as the caller knows it. Where another exporter of the account
 * was quicker, or is at it this moment, they change nothing and answer `undefined` or `false`: read the cursor again.
 */
export interface Ledger {
  readCursor(accountId: string): Promise<Cursor | undefined>;
  /** Creates the cursor if there is none, and answers with the one that stands then. */
  createCursor(accountId: string, exportedThrough: Instant): Promise<Cursor>;
  /** Notes the attempt, and the intent where the cursor holds another or none, before an upload. */
  begin(accountId: string, cursor: Cursor, intent: Intent, attempt: Attempt): Promise<Cursor | undefined>;
  /** Writes the file's row and moves the cursor behind the file, to the window's end or its next part: both or neither. */
  commit(accountId: string, cursor: Cursor, file: DeliveredFile): Promise<Cursor | undefined>;
  /** Notes a failure; `cleared` names the attempt that certainly wrote nothing. */
  recordFailure(
    accountId: string,
    cursor: Cursor,
    failure: Failure,
    cleared: Attempt | undefined,
  ): Promise<boolean>;
  /** Notes why nothing is exported; the next `begin` strikes it out. */
  recordStop(accountId: string, cursor: Cursor, reason: StopReason): Promise<boolean>;
}

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly at: Instant;
}
