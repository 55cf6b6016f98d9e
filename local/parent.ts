import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const interval = 1_000;

/**
 * Ends this process, as SIGTERM does, when the process that started it is gone: otherwise, killing npm would leave
 * the servers running. Between npm and this process there may be a shell that outlives npm, so npm itself is watched.
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

/** The parent of a process; `undefined` if it cannot be determined. */
function parentOf(pid: number): number | undefined {
  try {
    // The program’s name comes before it in parentheses, and may contain any character.
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
