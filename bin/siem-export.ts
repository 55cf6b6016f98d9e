import { runCommandLine } from '../cli/main.ts';
import { putClockForward } from '../local/clock.ts';

/**
 * In milliseconds. One press of Ctrl+C can arrive twice: from the terminal and from a parent process that forwards it
 * (npm, or `siem-export.mjs`). A second signal counts as a second press only after this time.
 */
const onePress = 300;
const interruption = new AbortController();
let interruptedAt = Number.POSITIVE_INFINITY;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    if (performance.now() > interruptedAt + onePress) process.exit(130);
    interruptedAt = Math.min(interruptedAt, performance.now());
    interruption.abort();
  });

process.exitCode = await runCommandLine(process.argv.slice(2), {
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  interrupted: interruption.signal,
  putClockForward,
});
// Interrupted requests may still hold connections, which would keep the process running.
if (interruption.signal.aborted) process.exit();
