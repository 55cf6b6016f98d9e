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
  /** Receives what the process writes to its output. */
  readonly log: Writable;
}

export interface ExporterProcess {
  /** One invocation; `killed` if the process ended before it answered. */
  invoke(invocation: ChildInvocation): Promise<ChildAnswer | 'killed'>;
  /** SIGKILL; true if an invocation was under way. */
  kill(): boolean;
  readonly alive: boolean;
  /** Resolves when the process is gone. */
  readonly gone: Promise<unknown>;
}

/** Starts the exporter as Lambda does: a process that loads the bundle and then takes one event after the other. */
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
        // A process that was killed a moment ago cannot be written to any more.
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
