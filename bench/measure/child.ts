import { readFileSync } from 'node:fs';

/** The figures of one run of a variant, and the variant's own result. */
export interface Measured<Outcome> {
  readonly seconds: number;
  /** Processor time in user and kernel mode, of all threads of the process. */
  readonly cpuSeconds: number;
  readonly peakRssMB: number;
  readonly outcome: Outcome;
}

/**
 * Does everything that must not be measured, and returns the function that is measured. That function returns its
 * outcome, or another function that computes the outcome after the measurement.
 */
export type Prepare<Settings, Outcome extends object> = (
  settings: Settings,
) => Promise<() => Promise<Outcome | (() => Outcome | Promise<Outcome>)>>;

/** The program of a measured process: runs the variant named on the command line and sends its parent the figures. */
export async function measureInThisProcess<Settings, Outcome extends object>(
  variants: Readonly<Record<string, () => Promise<{ prepare: Prepare<Settings, Outcome> }>>>,
): Promise<void> {
  const [name = '', settings = '{}'] = process.argv.slice(2);
  const load = variants[name];
  if (!load) throw new Error(`There is no variant ${name}`);
  const { prepare } = await load();
  const run = await prepare(JSON.parse(settings));
  const cpuBefore = cpuSeconds();
  const before = performance.now();
  const outcome = await run();
  const figures = {
    seconds: (performance.now() - before) / 1000,
    cpuSeconds: cpuSeconds() - cpuBefore,
    peakRssMB: peakRss() / 1024,
  };
  const measured: Measured<Outcome> = {
    ...figures,
    outcome: await (typeof outcome === 'function' ? outcome() : outcome),
  };
  process.send?.(measured, () => process.disconnect());
}

function cpuSeconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1e6;
}

/** In KB. On Linux read from `/proc`, because there `resourceUsage().maxRSS` includes the parent process. */
function peakRss(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes);
}
