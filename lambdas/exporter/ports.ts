import type { DeflateBlock } from '../archive/deflate.ts';
import type { Page } from '../archive/page.ts';
import type { Bucket } from '../buckets/bucket.ts';
import type { Account } from '../domain/account.ts';
import type { Attempt, Cursor, Intent, StopReason } from '../domain/cursor.ts';
import type { DeliveredFile } from '../domain/delivered-file.ts';
import type { ExportMessage } from '../domain/export-message.ts';
import type { ExportError, FailureCode } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import type { Place } from '../domain/recipe.ts';
import type { Window } from '../domain/window.ts';

/** Everything outside that an export touches. Any call may throw; what is thrown is retried by the queue. */
export interface ExporterPorts {
  readonly accounts: AccountTable;
  readonly ledger: Ledger;
  readonly auditLog: AuditLog;
  readonly buckets: Buckets;
  readonly queue: ContinuationQueue;
  readonly events: ExportEvents;
  readonly telemetry: ExportTelemetry;
  readonly clock: Clock;
  readonly deflateBlock: DeflateBlock;
}

export interface AccountTable {
  /** The record as it stands, unchecked; `undefined` if there is none. Read consistently. */
  read(accountId: string): Promise<unknown>;
}

export interface AuditLog {
  /**
   * The window's rows after a sort key, as encoded lines in the order of recording, a page at a time. A page is valid
   * until the next one is asked for.
   */
  pages(
    accountId: string,
    window: Window,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Page>;
}

export interface Buckets {
  /**
   * The account's bucket, with its credential. A credential is remembered for this invocation.
   * @throws ExportError with a code of the secret, the role or the network
   */
  open(account: Account): Promise<Bucket>;
  /** The same with the credential read afresh; `undefined` if that is the one which was used already. */
  reopen(account: Account): Promise<Bucket | undefined>;
}

/**
 * The ledger's writes are conditional on the cursor as the caller knows it. Where another exporter of the account
 * was quicker they change nothing and answer `undefined` or `false`: read the cursor again.
 */
export interface Ledger {
  readCursor(accountId: string): Promise<Cursor | undefined>;
  /** Creates the cursor if there is none, and answers with the one that stands then. */
  createCursor(accountId: string, exportedThrough: Instant): Promise<Cursor>;
  /** Notes the attempt, and the intent where the cursor holds another or none, before an upload. */
  begin(accountId: string, cursor: Cursor, intent: Intent, attempt: Attempt): Promise<Cursor | undefined>;
  readFile(accountId: string, windowEnd: Instant, part: number): Promise<DeliveredFile | undefined>;
  /** Writes the file's row, unless one of a later version of the cursor stands already. */
  recordFile(accountId: string, cursor: Cursor, file: DeliveredFile): Promise<boolean>;
  /** Moves the cursor behind the file: to the window's end, or to its next part. */
  advance(accountId: string, cursor: Cursor, file: DeliveredFile): Promise<Cursor | undefined>;
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

export interface ContinuationQueue {
  send(message: ExportMessage, delaySeconds: number): Promise<void>;
}

/** What customers can be told; delivered at least once (EventBridge, DESIGN 3.6). */
export interface ExportEvents {
  delivered(accountId: string, file: DeliveredFile): Promise<void>;
  failed(accountId: string, failure: ExportError, window: Window | undefined): Promise<void>;
  recovered(accountId: string, file: DeliveredFile, failures: number): Promise<void>;
  stopped(accountId: string, reason: StopReason, exportedThrough: Instant): Promise<void>;
}

/** Logs and metrics; never throws. */
export interface ExportTelemetry {
  delivered(accountId: string, file: DeliveredFile): void;
  /** @param cloud where the file was to go, once that is known */
  failed(
    accountId: string,
    failure: ExportError,
    window: Window | undefined,
    cloud: Place['type'] | undefined,
  ): void;
  stopped(accountId: string, reason: StopReason): void;
  note(accountId: string, message: string, cause?: unknown): void;
}

export interface Clock {
  now(): Instant;
  /** A word without spaces that no other attempt has. */
  token(): string;
}

/** The time that an invocation has. */
export interface Deadline {
  /** True while there is enough of it to begin another file. */
  allowsAnotherPart(): boolean;
  /** Aborts, with an ExportError `out_of_time`, shortly before the invocation ends. */
  readonly signal: AbortSignal;
}
