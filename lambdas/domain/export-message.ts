import * as z from 'zod';
import { ExportError } from './failure.ts';
import { describeFaults } from './faults.ts';
import { type Instant, toIso } from './instant.ts';

/** The dispatcher's message to the exporter: export this account up to this tick. */
export interface ExportMessage {
  readonly accountId: string;
  /** Windows that end at or before this instant are due. */
  readonly tick: Instant;
}

/** SQS delays a message by at most this many seconds. A message that must wait longer is sent again. */
export const longestDelay = 900;

/** The queue delivers a message at most this many times, and then moves it to the dead-letter queue. */
export const mostReceives = 8;

const body = z.object({ accountId: z.string().min(1), tick: z.iso.datetime() });

/** Only ASCII: SQS refuses characters that XML does not allow, and an account id may contain any character. */
export function encodeMessage({ accountId, tick }: ExportMessage): string {
  return JSON.stringify({ accountId, tick: toIso(tick) }).replaceAll(
    /[^\x20-\x7e]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** @throws ExportError `message_invalid`, saying what was expected */
export function parseMessage(text: string): ExportMessage {
  const parsed = body.safeParse(parseJson(text));
  if (parsed.success) return { accountId: parsed.data.accountId, tick: Date.parse(parsed.data.tick) };
  throw new ExportError(
    'message_invalid',
    `A message in the export queue is not {"accountId", "tick"}: ${describeFaults(parsed.error)}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
