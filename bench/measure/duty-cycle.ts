import { readdirSync, readFileSync } from 'node:fs';

/** How often the processor time is checked, in milliseconds. */
const interval = 4;
/** How much unused share a process may use later, in milliseconds of wall-clock time. */
const mostSaved = 20;

/**
 * Limits a process to a share of processor time: stops it (`SIGSTOP`) when it has used more than its share, and
 * continues it (`SIGCONT`) later. Linux only.
 *
 * @returns ends the limit and lets the process run
 */
export function startDutyCycle(pid: number, processors: number): () => void {
  let at = performance.now();
  let used = processorTime(pid);
  let saved = 0;
  let isStopped = false;
  const timer = setInterval(() => {
    const [now, usedNow] = [performance.now(), processorTime(pid)];
    // The sum can shrink: it no longer includes threads that have ended.
    const spent = Math.max(0, usedNow - used);
    saved = Math.min(saved + (now - at) * processors - spent, mostSaved * processors);
    [at, used] = [now, usedNow];
    if (saved < 0 !== isStopped) signal(saved < 0 ? 'SIGSTOP' : 'SIGCONT');
    isStopped = saved < 0;
  }, interval);
  return () => {
    clearInterval(timer);
    if (isStopped) signal('SIGCONT');
  };

  function signal(name: NodeJS.Signals): void {
    try {
      process.kill(pid, name);
    } catch {
      // The process has ended. Its parent learns that from the exit event.
    }
  }
}

/** The processor time of all threads in milliseconds; 0 after the process has ended. */
function processorTime(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  try {
    const times = readdirSync(tasks).map(task =>
      Number(readFileSync(`${tasks}/${task}/schedstat`, 'utf8').split(' ', 1)[0]),
    );
    return times.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
  } catch {
    return 0;
  }
}
