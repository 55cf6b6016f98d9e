import { readFileSync } from 'node:fs';

/** What a variant did; whatever else it answers is passed on. */
export interface Measured<Outcome> {
  readonly seconds: number;
  /** In user and kernel mode, all threads of the process. */
  readonly cpuSeconds: number;
  readonly peakRssMB: number;
  readonly outcome: Outcome;
}

/**
 * Makes ready what is to be measured, and answers with it. That, in turn, answers with what came of it, or with a
 * function that finds it out after the figures are taken.
 */
export type Prepare<Settings, Outcome extends object> = (
  settings: Settings,
) => Promise<() => Promise<Outcome | (() => Outcome | Promise<Outcome>)>>;

/** The whole of a measured process: runs the variant that the command line names, and tells its parent the figures. */
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

/** In KB. Where Linux tells it: there, resourceUsage().maxRSS includes the process that started this one. */
function peakRss(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(kilobytes);
}
