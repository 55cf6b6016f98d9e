import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { ChildAnswer, ChildInvocation } from './exporter-child.ts';

export interface ExporterProcessOptions {
  /** The folder of the exporter's bundle. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Receives the output of the process. */
  readonly log: Writable;
}

export interface ExporterProcess {
  /** Runs one invocation; returns `killed` if the process ended before it answered. */
  invoke(invocation: ChildInvocation): Promise<ChildAnswer | 'killed'>;
  /** Sends SIGKILL; returns true if an invocation was running. */
  kill(): boolean;
  readonly alive: boolean;
  /** Resolves when the process has ended. */
  readonly gone: Promise<unknown>;
}

/** Starts an exporter as Lambda does: a process that loads the bundle and then handles one event at a time. */
export async function startExporterProcess(options: ExporterProcessOptions): Promise<ExporterProcess> {
  const { bundle, environment, log } = options;
  const child = fork(
    new URL('./exporter-child.ts', import.meta.url),
    [pathToFileURL(join(bundle, 'index.mjs')).href],
    {
      env: { ...environment, NODE_COMPILE_CACHE: join(bundle, 'cache') },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  );
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  const gone = once(child, 'exit');
  let alive = true;
  let answered: ((outcome: ChildAnswer | 'killed') => void) | undefined;
  const conclude = (outcome: ChildAnswer | 'killed') => {
    answered?.(outcome);
    answered = undefined;
  };
  child.on('exit', () => {
    alive = false;
    conclude('killed');
  });
  await Promise.race([once(child, 'message'), gone]);
  if (!alive) throw new Error('The exporter ended before its bundle was loaded; see the log');
  child.on('message', message => conclude(message as ChildAnswer));

  return {
    invoke: invocation =>
      new Promise(resolve => {
        if (!alive) return resolve('killed');
        answered = resolve;
        // A process that was just killed no longer receives messages.
        child.send(invocation, error => error && conclude('killed'));
      }),
    kill() {
      const busy = answered !== undefined;
      child.kill('SIGKILL');
      return busy;
    },
    get alive() {
      return alive && !child.killed;
    },
    gone,
  };
}
