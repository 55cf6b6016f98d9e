import type { DeflateBlock } from '../archive/deflate.ts';
import type { AuditLog } from '../aws/audit-log.ts';
import type { Bucket } from '../buckets/bucket.ts';
import type { Account } from '../domain/account.ts';
import type { ExportEvents } from '../domain/export-events.ts';
import type { ExportMessage } from '../domain/export-message.ts';
import type { ExportTelemetry } from '../domain/export-telemetry.ts';
import type { Instant } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';

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

export interface Buckets {
  /**
   * The account's bucket, with its credential. A credential is remembered for this invocation.
   * @throws ExportError with a code of the secret, the role or the network
   */
  open(account: Account): Promise<Bucket>;
  /** The same with the credential read afresh; `undefined` if that is the one which was used already. */
  reopen(account: Account): Promise<Bucket | undefined>;
}

export interface ContinuationQueue {
  send(message: ExportMessage, delaySeconds: number): Promise<void>;
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
