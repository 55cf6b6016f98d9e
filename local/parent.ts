import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const interval = 1_000;

/**
 * Ends this process as SIGTERM does once the one that started it is gone: whoever kills npm, by whatever signal, finds no
 * servers left behind. Between npm and this process there may be a shell, which outlives npm.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  const starter = process.env.npm_lifecycle_event === undefined ? undefined : parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (starter === undefined || parentOf(parent) === starter)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, interval);
  timer.unref();
}

/** The parent of a process; `undefined` where nobody tells. */
function parentOf(pid: number): number | undefined {
  try {
    // The name of the program stands before it, in parentheses, and may hold anything.
    const [, rest = ''] = /^\d+ \(.*\) \S+ (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return Number(rest);
  } catch {
    return parentByPs(pid);
  }
}

/** For systems without `/proc`. */
function parentByPs(pid: number): number | undefined {
  try {
    return Number(
      execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }),
    );
  } catch {
    return undefined;
  }
}
