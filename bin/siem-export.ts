import { runCommandLine } from '../cli/main.ts';
import { putClockForward } from '../local/clock.ts';

/** Whoever started this may hand a signal on that the terminal has sent already. */
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
// What was given up may still hold connections.
if (interruption.signal.aborted) process.exit();
