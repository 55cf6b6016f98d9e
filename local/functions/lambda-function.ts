import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { clockAhead } from '../clock.ts';
import type { Invocation, Outcome, ThreadSetting } from './function-thread.ts';

export interface LambdaFunctionOptions extends ThreadSetting {
  /** The default time limit of an invocation, in milliseconds. */
  readonly timeout: number;
  /** The whole environment of the function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Receives what the function writes to its output. */
  readonly log: Writable;
}

/** A function with its own environment and output, as in Lambda. */
export interface LambdaFunction {
  /**
   * May be called concurrently. The function’s clock is set to that of this thread.
   * @throws Error with what the handler threw, as text
   */
  invoke(event: unknown, timeout?: number): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts a function in a thread of its own and waits until its module is loaded. */
export async function startFunction(options: LambdaFunctionOptions): Promise<LambdaFunction> {
  const { environment, log, timeout: usual, ...setting } = options;
  const worker = new Worker(new URL('./function-thread.ts', import.meta.url), {
    env: { ...environment },
    workerData: setting satisfies ThreadSetting,
    stdout: true,
    stderr: true,
  });
  worker.stdout.pipe(log, { end: false });
  worker.stderr.pipe(log, { end: false });

  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  const failAll = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  await once(worker, 'message');
  worker.on('error', failAll);
  worker.on('exit', () => failAll(new Error(`The function ${setting.functionName} has ended`)));
  worker.on('message', (outcome: Outcome) => {
    const { resolve, reject } = waiting.get(outcome.id) ?? {};
    waiting.delete(outcome.id);
    if ('error' in outcome) reject?.(new Error(`${setting.functionName}: ${outcome.error}`));
    else resolve?.(outcome.result);
  });

  let invocations = 0;
  return {
    invoke: (event, timeout = usual) =>
      new Promise((resolve, reject) => {
        const id = ++invocations;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, clockAhead: clockAhead(), timeout, event } satisfies Invocation);
      }),
    async close() {
      await worker.terminate();
    },
  };
}
