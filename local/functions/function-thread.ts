import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import { putClockForward } from '../clock.ts';

/** The start parameters of the thread. */
export interface ThreadSetting {
  /** URL of the module that exports `handler`. */
  readonly module: string;
  readonly functionName: string;
}

export interface Invocation {
  readonly id: number;
  /** By how many milliseconds the clock is put forward. */
  readonly clockAhead: number;
  /** The time limit in milliseconds. */
  readonly timeout: number;
  readonly event: unknown;
}

export type Outcome =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const { module, functionName }: ThreadSetting = workerData;
// Must come before the import: a module that keeps a reference to `Date.now` would keep the real clock.
putClockForward(0);
const { handler }: { handler: Handler } = await import(module);

parentPort?.on('message', async ({ id, clockAhead, timeout, event }: Invocation) => {
  putClockForward(clockAhead);
  const answer = (outcome: Outcome) => parentPort?.postMessage(outcome);
  try {
    answer({ id, result: await handler(event, contextOf(id, timeout)) });
  } catch (thrown) {
    // Lambda also logs an error that a handler throws, and returns it to the caller.
    console.error(
      JSON.stringify({ functionName, error: thrown instanceof Error ? thrown.stack : String(thrown) }),
    );
    answer({ id, error: String(thrown) });
  }
});
parentPort?.postMessage('ready');

/** The parts of Lambda’s context that have a meaning here. */
function contextOf(id: number, timeout: number): Context {
  const end = performance.now() + timeout;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    awsRequestId: `local-${id}`,
    memoryLimitInMB: '1769',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(Math.round(end - performance.now()), 0),
    done: ignored,
    fail: ignored,
    succeed: ignored,
  };
}

function ignored(): void {
  // Callbacks of Lambda’s first Node runtimes; async handlers do not use them.
}
