import type { DeflateBlock } from '../archive/deflate.ts';
import type { Page, PageEncoder } from '../archive/page.ts';
import type { Bucket, NotCreated } from '../buckets/bucket.ts';
import type { Account } from '../domain/account.ts';
import type { RecordField } from '../domain/audit-record.ts';
import type { Attempt, Cursor, Intent, StopReason } from '../domain/cursor.ts';
import type { DeliveredFile, DeliveredWindow } from '../domain/delivered-file.ts';
import type { ExportMessage } from '../domain/export-message.ts';
import type { ExportError, FailureCode } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import type { Place } from '../domain/recipe.ts';
import type { Permit, Silence, Silences, Target } from '../domain/silence.ts';
import type { Window } from '../domain/window.ts';

/** Everything outside the exporter that an export uses. Any call may throw; then the queue retries. */
export interface ExporterPorts {
  readonly accounts: AccountReader;
  readonly ledger: Ledger;
  readonly auditLog: AuditLog;
  readonly buckets: Buckets;
  readonly silences: SilenceNotes;
  readonly queue: ContinuationQueue;
  readonly events: ExportEvents;
  readonly telemetry: ExportTelemetry;
  readonly clock: Clock;
  readonly deflateBlock: DeflateBlock;
  /** Makes OCSF events of an account's rows. Its code is loaded with the first call. */
  ocsfEncoder(accountId: string): Promise<PageEncoder>;
}

export interface AccountReader {
  /**
   * Reads record and cursor with strong consistency, and the known silences if they can be read, all with one request.
   */
  read(accountId: string): Promise<Standing>;
}

export interface Standing {
  /** The account record, unchecked; `undefined` if there is none. */
  readonly record: unknown;
  readonly cursor: Cursor | undefined;
  /** The clouds that recently did not answer any exporter. */
  readonly silences: Silences;
}

/**
 * All writes have a condition on the cursor that the caller read. If another exporter of the account was faster or is
 * writing at the same time, they change nothing and return `undefined` or `false`; then the caller must read again.
 */
export interface Ledger {
  readCursor(accountId: string): Promise<Cursor | undefined>;
  /** Creates the cursor if there is none. Returns the new or the existing one. */
  createCursor(accountId: string, exportedThrough: Instant): Promise<Cursor>;
  /**
   * Stores intent and attempt before the first request of an upload, if nothing in the cursor has changed. Removes
   * attempts that cannot have created the object; these can no longer create it afterwards.
   */
  begin(accountId: string, cursor: Cursor, intent: Intent, attempt: Attempt): Promise<Cursor | undefined>;
  /** Stores that an attempt that staged is about to create the object. Returns false if it must not. */
  noteCreating(accountId: string, cursor: Cursor, attempt: Pick<Attempt, 'token'>): Promise<boolean>;
  /**
   * Writes the file's row and moves the cursor to the window's end or to its next part, in one transaction. For a window
   * without an object the cursor keeps its `acceptedAt`, and nothing may have been written to it since the caller read it.
   */
  commit(accountId: string, cursor: Cursor, file: DeliveredFile): Promise<Cursor | undefined>;
  /** Stores a failure and ends the attempt's lease. Removes the attempt if it wrote nothing. */
  recordFailure(
    accountId: string,
    cursor: Cursor,
    failure: RecordedFailure,
    ended?: EndedAttempt,
  ): Promise<boolean>;
  /** Stores why nothing is exported. The next `begin` removes this. */
  recordStop(accountId: string, cursor: Cursor, reason: StopReason): Promise<boolean>;
  /**
   * The windows that end after `after` and at or before `upTo`, oldest first. All of them must be completely delivered.
   */
  deliveredWindows(accountId: string, after: Instant, upTo: Instant): AsyncIterable<DeliveredWindow>;
  /**
   * Stores up to where windows were counted again, if that is later than the stored value. Does not disturb exports.
   */
  noteRecounted(accountId: string, through: Instant): Promise<void>;
}

export interface RecordedFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly at: Instant;
}

export interface EndedAttempt {
  readonly attempt: Attempt;
  /** The outcome of its upload. */
  readonly became: NotCreated['kind'];
}

export interface AuditLog {
  /**
   * The window's rows after a sort key, in the order of recording, as pages of JSON lines. A page is valid until the
   * next one is requested (see `Borrowed`).
   */
  pages(
    accountId: string,
    window: Window,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Page>;
  /** How many rows `pages` would yield for the whole window; read with eventual consistency. */
  count(accountId: string, window: Window, signal: AbortSignal): Promise<number>;
}

export interface Buckets {
  /**
   * Opens the account's bucket with its credential. The credential is cached during the invocation.
   * @param patience how long a request may wait for an answer, in milliseconds
   * @throws ExportError with a code about the secret, the role or the network
   */
  open(account: Account, patience: number): Promise<Bucket>;
  /** Opens the bucket with the credential read again; `undefined` if the credential has not changed. */
  reopen(account: Account, patience: number): Promise<Bucket | undefined>;
}

/** Shares between all exporters which clouds accept connections but do not answer. */
export interface SilenceNotes {
  /** Stores that the target was silent. */
  noteSilence(target: Target, silence: Omit<Silence, 'region'>, seen: Silences): Promise<void>;
  /** Stores that the target has answered. */
  noteAnswer(target: Target, now: Instant, wasSilent: boolean): Promise<void>;
  /** Takes a permit. Returns false if it is used up. */
  take(permit: Permit, now: Instant, seen: Silences): Promise<boolean>;
}

export interface ContinuationQueue {
  send(message: ExportMessage, delaySeconds: number): Promise<void>;
}

/** Events for the vendor and its customers. Each event may be sent more than once. */
export interface ExportEvents {
  delivered(accountId: string, file: DeliveredFile): Promise<void>;
  /** The first delivered file after `failures` failures. */
  recovered(accountId: string, file: DeliveredFile, failures: number): Promise<void>;
  /** The first file at another place than the previous one (`from`), so that no redirection goes unnoticed. */
  redirected(accountId: string, file: DeliveredFile, from: string): Promise<void>;
  failed(accountId: string, failure: ExportError, window: Window | undefined): Promise<void>;
  stopped(accountId: string, reason: StopReason, exportedThrough: Instant): Promise<void>;
  /** The window has this many rows that are in no file. */
  recordedLate(accountId: string, window: Window, rows: number): Promise<void>;
}

/** Logs and metrics. Never throws. */
export interface ExportTelemetry {
  delivered(accountId: string, file: DeliveredFile): void;
  /** A delivered file has rows, but no row has these fields: a name in `auditLog.attributes` may be wrong. */
  lacking(accountId: string, file: DeliveredFile, fields: readonly RecordField[]): void;
  failed(accountId: string, failure: ExportError, at: FailedFile | undefined): void;
  stopped(accountId: string, reason: StopReason): void;
  recordedLate(accountId: string, window: Window, rows: number): void;
  note(
    subject: { readonly accountId: string } | { readonly messageId: string },
    message: string,
    cause?: unknown,
  ): void;
}

/** The file that failed, as far as it was known at that point. */
export interface FailedFile {
  readonly window?: Window | undefined;
  readonly part?: number | undefined;
  readonly attempt: number;
  /** The destination's cloud. */
  readonly cloud?: Place['type'] | undefined;
}

export interface Clock {
  now(): Instant;
  /** A unique token of letters, digits and hyphens. */
  token(): string;
}

/** The time that is left for a message. */
export interface Deadline {
  /** True if another file of the account may begin: enough time is left, and its turn is not over. */
  allowsAnotherPart(): boolean;
  /** When Lambda ends the invocation. */
  readonly end: Instant;
  /** Aborts with an ExportError `out_of_time` shortly before the invocation ends. */
  readonly signal: AbortSignal;
}
