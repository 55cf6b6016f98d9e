import type { StoredObject } from '../services/cloud.ts';
import type { QueuedMessage } from '../services/queue.ts';
import type { RecordVersion } from '../truth/accounts.ts';
import type { Process } from '../world/process.ts';
import type { AttemptItem } from './cursor-item.ts';

/** What the oracle remembers of one run of the exporter. */
export interface Invocation {
  readonly process: Process;
  /** Real time. */
  readonly begun: number;
  readonly messages: readonly QueuedMessage[];
  /** The record of each account as the run last read it; `undefined` if there was none. */
  readonly records: Map<string, RecordVersion | undefined>;
  /** The tokens of its own attempts. */
  readonly tokens: Set<string>;
  readonly refusals: Refusal[];
  /** The keys of objects whose creation is unclear. */
  readonly unclear: Set<string>;
  /** True if a file was not finished in time, or not begun because its bucket is silent. */
  couldNotDeliver: boolean;
  /** Messages that were postponed because another run worked on their account. */
  readonly waiting: Set<string>;
  /** The codes of the failures that it reported, by account. */
  readonly reported: Map<string, string>;
  /** The existing object that it found at its key. */
  existing: StoredObject | undefined;
  /** When it found that object. */
  existingAt: number;
  /** Bytes of the audit log that are read but not yet uploaded; absent between uploads. */
  held: number | undefined;
}

/** A refusal by a cloud or Secrets Manager. */
export interface Refusal {
  readonly accountId: string;
  readonly code: string;
  /** The generation of the credential that was used, if any. */
  readonly generation?: number | undefined;
  /** True if the store had a newer secret at that time, which the cloud would have accepted. */
  readonly wasStale: boolean;
}

/** True if the attempt’s lease belongs to a message that this run does not process. */
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
