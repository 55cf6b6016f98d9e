import { z } from 'zod';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { HeldMessage } from './held-messages.ts';

/** A tick of the dispatcher, or a round of the watchdog, that was lost after all its retries. */
export interface LostTick {
  readonly held: HeldMessage;
  readonly of: 'dispatcher' | 'watchdog';
  /** When it was due, as far as its message tells. */
  readonly due: Instant;
  /** The function's own words, or that it was never reached. */
  readonly why: string;
}

const scheduled = z.object({
  time: z.iso.datetime({ offset: true }),
  /** The ARN of the rule. */
  resources: z.array(z.string()).default([]),
});

/** What Lambda sends when a function failed for good, around the event that it was given. */
const failedInvocation = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  requestPayload: z.unknown(),
  responsePayload: z.object({ errorMessage: z.string() }).nullish(),
});

/** Reads a message of the triggers' dead-letter queue: EventBridge's own event, or Lambda's account of a failure. */
export function readLostTick(held: HeldMessage): LostTick {
  const value = parseJson(held.body);
  const failed = failedInvocation.safeParse(value).data;
  const event = scheduled.safeParse(failed?.requestPayload ?? value).data;
  const due = event === undefined ? held.sentAt : Date.parse(event.time);
  const source = failed?.requestContext.functionArn ?? event?.resources.join(' ') ?? '';
  const of = /-watchdog(:|$)|-watch-at-\d\d$/.test(source) ? 'watchdog' : 'dispatcher';
  if (failed === undefined) return { held, of, due, why: 'EventBridge could not start the function' };
  const [functionName] = /siem-export-[\w-]+/.exec(failed.requestContext.functionArn) ?? ['the function'];
  const words = failed.responsePayload?.errorMessage ?? failed.requestContext.condition;
  return { held, of, due, why: `${functionName}: ${words}` };
}

/** Whether nothing is missing because of it: a round of the watchdog leaves nothing behind that a later one needs. */
export function isMadeUpFor({ of, due }: LostTick, lastTick: Instant | undefined): boolean {
  return of === 'watchdog' || (lastTick !== undefined && lastTick >= due);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is not JSON is none of EventBridge's; it is shown by when it was sent.
    return undefined;
  }
}
