import { type ExportMessage, longestDelay } from '../domain/export-message.ts';
import type { Instant } from '../domain/instant.ts';
import { isTimeZone } from '../domain/time-zone.ts';
import { timeZoneNames } from '../domain/time-zone-names.ts';
import { crossedBoundary } from '../domain/window.ts';
import { prefetch } from './prefetch.ts';

export interface DispatcherPorts {
  /** The ids of a time zone's accounts, a page at a time. */
  accountIdsIn(timeZone: string): AsyncIterable<readonly string[]>;
  /** Sends at most `messagesPerBatch` messages, and answers with those that the queue did not take. */
  send(messages: readonly ExportMessage[]): Promise<readonly ExportMessage[]>;
  /** The last tick of which every message was sent; `undefined` before the first. */
  completedTick(): Promise<Instant | undefined>;
  /** Remembers a completed tick, unless a later one is remembered already. */
  completeTick(tick: Instant): Promise<void>;
  /** Resolves after so many milliseconds. */
  pause(milliseconds: number): Promise<void>;
}

export interface Dispatched {
  readonly timeZones: number;
  readonly accounts: number;
}

export const messagesPerBatch = 10;
/** Batches that are sent at once: more gain nothing, SQS answers in a few milliseconds. */
const batchesInFlight = 50;
/** Most zones have few accounts or none, so it is their number that takes time. */
const timeZonesAhead = 16;
const sendAttempts = 5;
/** So many batches in a row that could not be sent are no longer one batch's trouble, but the queue's. */
const hopeless = 2 * batchesInFlight;
const firstPause = 100;
const tickInterval = 15 * 60_000;
/** Clocks of two machines differ by less. */
const furthestAhead = 15 * 60_000;

/**
 * Sends one message for each account whose time zone crossed a 4-hour boundary since the last completed tick. A tick
 * that fails part of the way stays incomplete, so the next one sends its messages (some of them again).
 *
 * @param timeZones every zone that an account may have
 * @throws DispatchError if the queue did not take every message
 */
export async function dispatch(
  tick: Instant,
  ports: DispatcherPorts,
  timeZones: readonly string[] = timeZoneNames,
): Promise<Dispatched> {
  const completed = (await ports.completedTick()) ?? tick - tickInterval;
  if (tick <= completed) return { timeZones: 0, accounts: 0 };

  const due = timeZones.filter(isTimeZone).filter(timeZone => crossedBoundary(timeZone, completed, tick));
  const batches = batchesOf(due, tick, ports);
  let accounts = 0;
  let unsent = 0;
  let failedInARow = 0;
  let cause: unknown;
  const sendBatches = async () => {
    for await (const batch of batches) {
      const left = await sendAll(batch, ports);
      accounts += batch.length;
      unsent += left.messages;
      cause ??= left.cause;
      failedInARow = left.messages === batch.length ? failedInARow + 1 : 0;
      if (failedInARow >= hopeless) break;
    }
  };
  // Settled, so that every batch that was begun is sent before a failure to read the accounts ends the tick.
  const inFlight = due.length > 0 ? batchesInFlight : 0;
  const senders = await Promise.allSettled(Array.from({ length: inFlight }, sendBatches));
  for (const sender of senders) if (sender.status === 'rejected') throw sender.reason;
  if (unsent > 0) {
    const end =
      failedInARow < hopeless ? '' : ', the last ones all, so the accounts that follow were not tried';
    throw new DispatchError(
      `${unsent} of ${accounts} messages could not be sent${end}; the next tick repeats them`,
      { cause },
    );
  }
  await ports.completeTick(tick);
  return { timeZones: due.length, accounts };
}

/**
 * The tick of a scheduled event: the event's own time counts, not the clock's, so that a late or repeated event does no
 * harm. One from the future is refused: as a completed tick it would silence every true one until then.
 *
 * @throws TypeError if the event has no time, or one that lies ahead of the clock
 */
export function tickOf(event: { readonly time: string }, now: Instant = Number.POSITIVE_INFINITY): Instant {
  const tick = Date.parse(event.time);
  if (Number.isNaN(tick))
    throw new TypeError('The event has no time: expected an EventBridge scheduled event');
  if (tick > now + furthestAhead)
    throw new TypeError(`The event's time ${event.time} lies ahead of the clock: expected a past one`);
  return tick;
}

/**
 * How many seconds the queue holds a tick's message back: until the window's rows have settled, as far as the queue
 * can; the exporter queues it again for the rest. Counted from the tick, so that a message which is sent late is not
 * late twice.
 */
export function delaySeconds(tick: Instant, settleSeconds: number, now: Instant): number {
  const left = Math.ceil((tick - now) / 1000) + settleSeconds;
  return Math.min(Math.max(left, 0), settleSeconds, longestDelay);
}

/** Not every message of a tick could be sent. */
export class DispatchError extends Error {
  override readonly name = 'DispatchError';
  readonly code = 'messages_unsent';
  readonly retryable = true;
}

async function* batchesOf(timeZones: readonly string[], tick: Instant, ports: DispatcherPorts) {
  let batch: ExportMessage[] = [];
  const sources = timeZones.map(timeZone => ports.accountIdsIn(timeZone));
  for await (const accountIds of prefetch(sources, timeZonesAhead))
    for (const accountId of accountIds) {
      batch.push({ accountId, tick });
      if (batch.length < messagesPerBatch) continue;
      yield batch;
      batch = [];
    }
  if (batch.length > 0) yield batch;
}

/** Sends what the queue refuses again, and counts what it refuses to the end: one batch's trouble stops no other. */
async function sendAll(
  batch: readonly ExportMessage[],
  ports: DispatcherPorts,
): Promise<{ messages: number; cause: unknown }> {
  let left = batch;
  let cause: unknown;
  for (let attempt = 0; attempt < sendAttempts && left.length > 0; attempt++) {
    if (attempt > 0) await ports.pause(firstPause * 2 ** attempt);
    try {
      left = await ports.send(left);
    } catch (thrown) {
      cause = thrown;
    }
  }
  return { messages: left.length, cause };
}
