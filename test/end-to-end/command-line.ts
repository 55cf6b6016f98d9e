import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Ended, runHere as runUnchecked } from '../../local/tour/run-here.ts';
import { expectJson } from '../stack/cli-schemas.ts';

export interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

const program = fileURLToPath(new URL('../../bin/siem-export.ts', import.meta.url));
/** A command that hangs is killed, so that the test fails instead of waiting. */
const longestRun = 60_000;

/**
 * Runs the command line in a child process, without this process’s cloud settings. The output of `--json` must match
 * its schema.
 */
export async function runCommand(
  words: readonly string[],
  {
    folder,
    input = '',
    environment = {},
  }: { folder: string; input?: string; environment?: Record<string, string> },
): Promise<Outcome> {
  const settings = Object.entries(process.env).filter(
    ([name]) => !/^(AWS_|SIEM_EXPORT_|FORCE_COLOR)/.test(name),
  );
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: {
      ...Object.fromEntries(settings),
      NO_COLOR: '1',
      NODE_COMPILE_CACHE: join(folder, '.compile-cache'),
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: longestRun,
  });
  // A command that reads no input may end before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [output, errors, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expectJson(words, { exitCode, output });
  return { exitCode, output, errors };
}

/** Runs a command in this process. The output of `--json` must match its schema. */
export async function runHere(words: readonly string[], typed = ''): Promise<Ended> {
  const ended = await runUnchecked(words, typed);
  expectJson(words, ended);
  return ended;
}

/**
 * Waits until the output of a process matches; the process continues.
 *
 * @returns the output up to then
 * @throws Error with the exit code and the output, if the process ends before
 */
export async function saidUntil(
  child: ChildProcessByStdio<null, Readable, null>,
  pattern: RegExp,
): Promise<string> {
  const closed = once(child, 'close');
  let said = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += chunk;
    if (!pattern.test(said)) continue;
    // The rest is discarded, so that the pipe does not fill up.
    child.stdout.resume();
    return said;
  }
  const [code, signal] = await closed;
  throw new Error(`ended with ${signal ?? `code ${code}`}: ${said}`);
}
