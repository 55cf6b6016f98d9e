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
/** A command that hangs is ended, so that whoever waits for it learns of it. */
const longestRun = 60_000;

/**
 * Runs the command line as a process of its own, with nothing of this one's cloud settings. What it prints with `--json`
 * has to be as its schema says.
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
  // A command that needs no input may have ended before it is written.
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

/** Runs a command in this process. What it prints with `--json` has to be as its schema says. */
export async function runHere(words: readonly string[], typed = ''): Promise<Ended> {
  const ended = await runUnchecked(words, typed);
  expectJson(words, ended);
  return ended;
}

/**
 * What a process has printed up to the chunk with which it matches; the process goes on.
 *
 * @throws Error with the exit code and all that was printed, if it ends before that
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
    // Nobody reads the rest, and it must not fill the pipe.
    child.stdout.resume();
    return said;
  }
  const [code, signal] = await closed;
  throw new Error(`ended with ${signal ?? `code ${code}`}: ${said}`);
}
