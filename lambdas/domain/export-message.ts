import * as z from 'zod';
import { ExportError } from './failure.ts';
import { describeFaults } from './faults.ts';
import { type Instant, toIso } from './instant.ts';

/** "Export this account up to this tick": what the dispatcher sends and the exporter receives. */
export interface ExportMessage {
  readonly accountId: string;
  /** Windows that end at or before it are due. */
  readonly tick: Instant;
}

/** SQS holds no message back for longer, in seconds; what has to wait longer is queued again. */
export const longestDelay = 900;

/** So often the queue hands a message out; after that it counts as dead. */
export const mostReceives = 8;

const body = z.object({ accountId: z.string().min(1), tick: z.iso.datetime() });

/** In ASCII: SQS refuses a message with a character that XML does not allow, and an account id may hold any. */
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
