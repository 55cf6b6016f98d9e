import { parentPort, workerData } from 'node:worker_threads';
import type { Context } from 'aws-lambda';
import { putClockForward } from '../clock.ts';

/** What the thread is started with. */
export interface ThreadSetting {
  /** URL of the module that exports `handler`. */
  readonly module: string;
  readonly functionName: string;
}

export interface Invocation {
  readonly id: number;
  /** How far the clock is put forward, in milliseconds. */
  readonly clockAhead: number;
  /** How long it may take, in milliseconds. */
  readonly timeout: number;
  readonly event: unknown;
}

export type Outcome =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

type Handler = (event: unknown, context: Context) => Promise<unknown>;

const { module, functionName }: ThreadSetting = workerData;
// Before anything keeps `Date.now` for later.
putClockForward(0);
const { handler }: { handler: Handler } = await import(module);

parentPort?.on('message', async ({ id, clockAhead, timeout, event }: Invocation) => {
  putClockForward(clockAhead);
  const answer = (outcome: Outcome) => parentPort?.postMessage(outcome);
  try {
    answer({ id, result: await handler(event, contextOf(id, timeout)) });
  } catch (thrown) {
    // As Lambda does with what a handler throws: to the log, and to whoever invoked it.
    console.error(
      JSON.stringify({ functionName, error: thrown instanceof Error ? thrown.stack : String(thrown) }),
    );
    answer({ id, error: String(thrown) });
  }
});
parentPort?.postMessage('ready');

/** The part of Lambda's context that means something here. */
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
  // The callbacks of Node's first Lambda runtimes; an async handler has no use for them.
}
