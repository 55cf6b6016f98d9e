import type { DeflateBlock } from '../archive/deflate.ts';
import type { Page } from '../archive/page.ts';
import type { Bucket, NotCreated } from '../buckets/bucket.ts';
import type { Account } from '../domain/account.ts';
import type { RecordField } from '../domain/audit-record.ts';
import type { Attempt, Cursor, Intent, StopReason, UploadStep } from '../domain/cursor.ts';
import type { DeliveredFile, DeliveredWindow } from '../domain/delivered-file.ts';
import type { ExportMessage } from '../domain/export-message.ts';
import type { ExportError, FailureCode } from '../domain/failure.ts';
import type { Instant } from '../domain/instant.ts';
import type { Place } from '../domain/recipe.ts';
import type { Permit, Silence, Silences, Target } from '../domain/silence.ts';
import type { Window } from '../domain/window.ts';

/** Everything outside that an export touches. Any call may throw; what is thrown is retried by the queue. */
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
}

export interface AccountReader {
  /** All that stands about an account, by one request: record and cursor consistently, and in any case; silences if possible. */
  read(accountId: string): Promise<Standing>;
}

export interface Standing {
  /** The account record as it stands, unchecked; `undefined` if there is none. */
  readonly record: unknown;
  readonly cursor: Cursor | undefined;
  /** Where clouds did not answer lately, as far as any exporter knows. */
  readonly silences: Silences;
}

/**
 * The ledger's writes are conditional on the cursor as the caller knows it. Where another exporter of the account
 * was quicker, or is at it this moment, they change nothing and answer `undefined` or `false`: read the cursor again.
 */
export interface Ledger {
  readCursor(accountId: string): Promise<Cursor | undefined>;
  /** Creates the cursor if there is none, and answers with the one that stands then. */
  createCursor(accountId: string, exportedThrough: Instant): Promise<Cursor>;
  /**
   * Notes intent and attempt before an upload's first request, on the condition that nothing of the cursor has changed.
   * Attempts that cannot have created the object are struck out, and can no longer begin to.
   */
  begin(accountId: string, cursor: Cursor, intent: Intent, attempt: Attempt): Promise<Cursor | undefined>;
  /** Notes that an attempt that staged is about to create the object; `false` if it may not. */
  noteCreating(accountId: string, cursor: Cursor, attempt: Pick<Attempt, 'token'>): Promise<boolean>;
  /** Writes the file's row and moves the cursor behind the file, to the window's end or its next part: both or neither. */
  commit(accountId: string, cursor: Cursor, file: DeliveredFile): Promise<Cursor | undefined>;
  /** Notes a failure, and ends the attempt's lease; an attempt that wrote nothing is struck out. */
  recordFailure(
    accountId: string,
    cursor: Cursor,
    failure: RecordedFailure,
    ended?: EndedAttempt,
  ): Promise<boolean>;
  /** Notes why nothing is exported; the next `begin` strikes it out. */
  recordStop(accountId: string, cursor: Cursor, reason: StopReason): Promise<boolean>;
  /** The windows that end after one instant and up to another, oldest first; all of them must be delivered in full. */
  deliveredWindows(accountId: string, after: Instant, upTo: Instant): AsyncIterable<DeliveredWindow>;
  /** Notes up to where windows have been counted again, unless that is noted already; disturbs no export at work. */
  noteRecounted(accountId: string, through: Instant): Promise<void>;
}

export interface RecordedFailure {
  readonly code: FailureCode;
  readonly message: string;
  readonly at: Instant;
}

export interface EndedAttempt {
  readonly attempt: Attempt;
  /** What became of its upload. */
  readonly became: NotCreated['kind'];
}

export interface AuditLog {
  /**
   * The window's rows after a sort key, as encoded lines in the order of recording, a page at a time. A page is borrowed
   * until the next one is asked for (`Borrowed`).
   */
  pages(
    accountId: string,
    window: Window,
    after: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<Page>;
  /** How many rows `pages` would give for the whole window, read with eventual consistency. */
  count(accountId: string, window: Window, signal: AbortSignal): Promise<number>;
}

export interface Buckets {
  /**
   * The account's bucket, with its credential. A credential is remembered for this invocation.
   * @param patience how long the cloud may stay silent, in milliseconds
   * @throws ExportError with a code of the secret, the role or the network
   */
  open(account: Account, patience: number): Promise<Bucket>;
  /** The same with the credential read afresh; `undefined` if that is the one which was used already. */
  reopen(account: Account, patience: number): Promise<Bucket | undefined>;
}

/** What the whole fleet is told of clouds that take connections and stay silent. */
export interface SilenceNotes {
  /** Notes that the target was silent. */
  noteSilence(target: Target, silence: Omit<Silence, 'region'>, seen: Silences): Promise<void>;
  /** Notes that the target has answered. */
  noteAnswer(target: Target, now: Instant, wasSilent: boolean): Promise<void>;
  /** Takes a permit; `false` if others have used it up. */
  take(permit: Permit, now: Instant, seen: Silences): Promise<boolean>;
}

export interface ContinuationQueue {
  send(message: ExportMessage, delaySeconds: number): Promise<void>;
}

/** What the vendor is told, for its customers. Each event may come more than once. */
export interface ExportEvents {
  delivered(accountId: string, file: DeliveredFile): Promise<void>;
  /** The first delivered file after so many failures. */
  recovered(accountId: string, file: DeliveredFile, failures: number): Promise<void>;
  /** The first file at another place than the account's last one, which went there; so that nobody redirects a log unseen. */
  redirected(accountId: string, file: DeliveredFile, from: string): Promise<void>;
  failed(accountId: string, failure: ExportError, window: Window | undefined): Promise<void>;
  stopped(accountId: string, reason: StopReason, exportedThrough: Instant): Promise<void>;
  /** The window has so many rows that are in no file. */
  recordedLate(accountId: string, window: Window, rows: number): Promise<void>;
}

/** Logs and metrics; never throws. */
export interface ExportTelemetry {
  delivered(accountId: string, file: DeliveredFile): void;
  /** A delivered file has rows, and none of them has these fields: a name in `auditLog.attributes` may be wrong. */
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

/** The file that failed, as far as the export had come. */
export interface FailedFile {
  readonly window?: Window | undefined;
  readonly part?: number | undefined;
  readonly attempt: number;
  /** Where the file was to go. */
  readonly cloud?: Place['type'] | undefined;
}

export interface Clock {
  now(): Instant;
  /** A word of letters, digits and hyphens that no other attempt has. */
  token(): string;
}

/** The time that an invocation has. */
export interface Deadline {
  /** True while there is enough of it to begin another file, and others that wait can wait for that. */
  allowsAnotherPart(): boolean;
  /** When the invocation is over, whatever it does. */
  readonly end: Instant;
  /** Aborts, with an ExportError `out_of_time`, shortly before the invocation ends. */
  readonly signal: AbortSignal;
}
