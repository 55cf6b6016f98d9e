import type { StoredObject } from '../services/cloud.ts';
import type { QueuedMessage } from '../services/queue.ts';
import type { RecordVersion } from '../truth/accounts.ts';
import type { Process } from '../world/process.ts';
import type { AttemptItem } from './cursor-item.ts';

/** What one run of the exporter saw and did, as the oracle remembers it. */
export interface Invocation {
  readonly process: Process;
  /** By the true clock. */
  readonly begun: number;
  readonly messages: readonly QueuedMessage[];
  /** The record of each account as the run read it last; `undefined` in it where there was none. */
  readonly records: Map<string, RecordVersion | undefined>;
  /** The names of its own attempts. */
  readonly tokens: Set<string>;
  readonly refusals: Refusal[];
  /** The keys of objects that a request may have created, or not. */
  readonly unclear: Set<string>;
  /** True if a file could not be finished in time, or was not begun since its bucket has been silent. */
  couldNotDeliver: boolean;
  /** Messages whose account another run was at work on when they were postponed. */
  readonly waiting: Set<string>;
  /** The codes of the failures that it told of, by account. */
  readonly reported: Map<string, string>;
  /** The object that it found where it wanted to create one. */
  existing: StoredObject | undefined;
  /** When it found that. */
  existingAt: number;
  /** Bytes of the audit log read and not yet given to the bucket; none between two uploads. */
  held: number | undefined;
}

/** What a cloud or Secrets Manager refused. */
export interface Refusal {
  readonly accountId: string;
  readonly code: string;
  /** Of the credential that was used, if one was. */
  readonly generation?: number | undefined;
  /** True if the store held a newer secret then, which the cloud would have taken. */
  readonly wasStale: boolean;
}

/** True if the attempt's lease is that of a message which this run does not work on. */
export function isLeasedToAnother(
  { leasedUntil, messageId }: AttemptItem,
  { messages }: Invocation,
  now: number,
): boolean {
  return leasedUntil > now && !messages.some(({ id }) => id === messageId);
}

export function createInvocation(
  process: Process,
  begun: number,
  messages: readonly QueuedMessage[],
): Invocation {
  return {
    process,
    begun,
    messages,
    records: new Map(),
    tokens: new Set(),
    refusals: [],
    unclear: new Set(),
    couldNotDeliver: false,
    waiting: new Set(),
    reported: new Map(),
    existing: undefined,
    existingAt: Number.POSITIVE_INFINITY,
    held: undefined,
  };
}
