import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface Outcome {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

const program = fileURLToPath(new URL('../../bin/siem-export.ts', import.meta.url));
/** A command that hangs is ended, so that whoever waits for it learns of it. */
const longestRun = 60_000;

/** Runs the command line as a process of its own, with nothing of this one's cloud settings. */
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
  return { exitCode, output, errors };
}
