import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServerAnswers, ServerRole } from './serve.ts';

/** A server in its own process, so that its processor time does not count as the measured variant's. */
export interface ServerProcess {
  ask<Question extends keyof ServerAnswers>(question: Question): Promise<ServerAnswers[Question]>;
  readonly pid: number | undefined;
  stop(): void;
}

export async function startServer(role: ServerRole): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, 'serve.ts'), { execArgv: [], serialization: 'advanced' });
  child.send(role);
  const server = {
    pid: child.pid,
    async ask<Question extends keyof ServerAnswers>(question: Question) {
      child.send(question);
      return (await answerOf(child)) as ServerAnswers[Question];
    },
    stop: () => void child.kill(),
  };
  await server.ask('endpoints');
  return server;
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([answer]) => answer),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`A server of the benchmark ended with the exit code ${code}`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}
