import { runCommandLine } from '../cli/main.ts';
import { putClockForward } from '../local/clock.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), {
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  putClockForward,
});
