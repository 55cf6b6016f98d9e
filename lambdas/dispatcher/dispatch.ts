import { type ExportMessage, longestDelay } from '../domain/export-message.ts';
import type { Instant } from '../domain/instant.ts';
import { isTimeZone } from '../domain/time-zone.ts';
import { timeZoneNames } from '../domain/time-zone-names.ts';
import { crossedBoundary } from '../domain/window.ts';
import { prefetch } from './prefetch.ts';

export interface DispatcherPorts {
  /** The ids of a time zone's accounts, in pages. */
  accountIdsIn(timeZone: string): AsyncIterable<readonly string[]>;
  /** Sends at most `messagesPerBatch` messages. Returns those that the queue did not accept. */
  send(messages: readonly ExportMessage[]): Promise<readonly ExportMessage[]>;
  /** The last tick whose messages were all sent; `undefined` before the first. */
  completedTick(): Promise<Instant | undefined>;
  /** Stores a completed tick, unless a later one is already stored. */
  completeTick(tick: Instant): Promise<void>;
  pause(milliseconds: number): Promise<void>;
}

export interface Dispatched {
  readonly timeZones: number;
  readonly accounts: number;
}

export const messagesPerBatch = 10;
/** How many batches are sent at once. More do not help, because SQS answers within a few milliseconds. */
const batchesInFlight = 50;
/**
 * How many zones are read in advance. Most have few accounts or none, so waiting for one after the other takes longest.
 */
const timeZonesAhead = 16;
const sendAttempts = 5;
/**
 * After this many failed batches in a row the queue itself is broken, and the tick stops instead of trying all others.
 */
const mostFailedInARow = 2 * batchesInFlight;
const firstPause = 100;
const tickInterval = 15 * 60_000;
/** The clocks of two machines never differ by more than this. */
const furthestAhead = 15 * 60_000;

/**
 * Sends one message for each account whose time zone crossed a 4-hour boundary since the last completed tick. A tick
 * that fails halfway stays incomplete. The next tick then sends its messages, some of them a second time.
 *
 * @param timeZones every zone that an account may have
 * @throws DispatchError if the queue did not accept every message
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
      if (failedInARow >= mostFailedInARow) break;
    }
  };
  // `allSettled`, so that batches in flight are finished before an error in reading the accounts ends the tick.
  const inFlight = due.length > 0 ? batchesInFlight : 0;
  const senders = await Promise.allSettled(Array.from({ length: inFlight }, sendBatches));
  for (const sender of senders) if (sender.status === 'rejected') throw sender.reason;
  if (unsent > 0) {
    const end =
      failedInARow < mostFailedInARow
        ? ''
        : ', the last ones all, so the accounts that follow were not tried';
    throw new DispatchError(
      `${unsent} of ${accounts} messages could not be sent${end}; the next tick repeats them`,
      { cause },
    );
  }
  await ports.completeTick(tick);
  return { timeZones: due.length, accounts };
}

/**
 * The tick of a scheduled event. It is the event's time and not the clock's, so that late and
 * repeated events do no harm. A time in the future is refused: once stored as completed, it would
 * make the dispatcher skip every tick until then.
 *
 * @throws TypeError if the event has no time, or a time in the future
 */
export function tickOf(event: { readonly time: string }, now: Instant = Number.POSITIVE_INFINITY): Instant {
  const tick = Date.parse(event.time);
  if (Number.isNaN(tick))
    throw new TypeError('The event has no time: expected an EventBridge scheduled event');
  if (tick > now + furthestAhead)
    throw new TypeError(`The event's time ${event.time} is ahead of the clock: expected a past one`);
  return tick;
}

/**
 * For how many seconds the queue delays a tick's message: for the settle time, or as long as the
 * queue can; the exporter then puts the message back for the rest. Counted from the tick, so that a
 * message that is sent late is not delayed further.
 */
export function delaySeconds(tick: Instant, settleSeconds: number, now: Instant): number {
  const left = Math.ceil((tick - now) / 1000) + settleSeconds;
  return Math.min(Math.max(left, 0), settleSeconds, longestDelay);
}

/** Some messages of a tick could not be sent. */
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

/**
 * Sends a batch, with retries. Counts the messages that still fail instead of throwing, so that other batches go on.
 */
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
