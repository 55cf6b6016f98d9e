import { readdirSync, readFileSync } from 'node:fs';

/** In milliseconds: how often the processor time is looked at, and how much of its share a process may save up. */
const interval = 4;
const mostSaved = 20;

/**
 * Holds a process to a share of processor time: stops it (`SIGSTOP`) while it has used more than its share, and lets it
 * go on (`SIGCONT`). Linux only.
 *
 * @returns what ends the duty cycle and lets the process run
 */
export function startDutyCycle(pid: number, processors: number): () => void {
  let at = performance.now();
  let used = processorTime(pid);
  let saved = 0;
  let isStopped = false;
  const timer = setInterval(() => {
    const [now, usedNow] = [performance.now(), processorTime(pid)];
    // The threads that have ended no longer count.
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
      // It has ended; whoever started it hears of that.
    }
  }
}

/** Of all threads, in milliseconds; 0 once the process has ended. */
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
