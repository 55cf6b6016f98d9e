import { z } from 'zod';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { HeldMessage } from './held-messages.ts';

/** A tick of the dispatcher, or a run of the watchdog, that failed after all retries. */
export interface LostTick {
  readonly held: HeldMessage;
  readonly of: 'dispatcher' | 'watchdog';
  /** When it was due; if the message does not say, when it was sent. */
  readonly due: Instant;
  /** The error of the function, or that it was never invoked. */
  readonly why: string;
}

const scheduled = z.object({
  time: z.iso.datetime({ offset: true }),
  /** The ARN of the rule. */
  resources: z.array(z.string()).default([]),
});

/** The message that Lambda sends after the last failed attempt of an asynchronous invocation. */
const failedInvocation = z.object({
  requestContext: z.object({ functionArn: z.string(), condition: z.string() }),
  requestPayload: z.unknown(),
  responsePayload: z.object({ errorMessage: z.string() }).nullish(),
});

/**
 * Reads a message of the dead-letter queue of triggers: the event itself from EventBridge, or Lambda’s report of a
 * failed invocation.
 */
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

/**
 * Whether the lost tick needs no further action: a later tick has covered it, or it was a run of the watchdog, which
 * later runs do not depend on.
 */
export function isCovered({ of, due }: LostTick, lastTick: Instant | undefined): boolean {
  return of === 'watchdog' || (lastTick !== undefined && lastTick >= due);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A message that is not JSON is listed with the time at which it was sent.
    return undefined;
  }
}
