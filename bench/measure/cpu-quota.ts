import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDutyCycle } from './duty-cycle.ts';

export type QuotaMeans = 'cgroup v2' | 'cgroup v1' | 'duty cycle';

/** A limit on the processor time of a process: all its threads together, on all processors. */
export interface CpuQuota {
  readonly means: QuotaMeans;
  /** Limits a process from now on, until the returned function is called. */
  hold(pid: number): () => void;
  /** Removes the limit. Must be called when no limited process is running. */
  end(): void;
}

/** In microseconds. Lambda is reported to use 20 ms, which is less than Linux's default of 100 ms. */
const period = 20_000;

/**
 * Uses a cgroup if this process may create one. Otherwise it stops the process
 * whenever it has used more than its share.
 *
 * @throws Error on another system than Linux
 */
export function createCpuQuota(processors: number): CpuQuota {
  if (process.platform !== 'linux') throw new Error('A share of a processor can be measured on Linux only');
  const quota = Math.round(processors * period);
  return (
    byCgroup('cgroup v2', { 'cpu.max': `${quota} ${period}` }) ??
    byCgroup('cgroup v1', { 'cpu.cfs_period_us': `${period}`, 'cpu.cfs_quota_us': `${quota}` }) ?? {
      means: 'duty cycle',
      hold: pid => startDutyCycle(pid, processors),
      end: () => undefined,
    }
  );
}

type CgroupVersion = Exclude<QuotaMeans, 'duty cycle'>;

function byCgroup(means: CgroupVersion, limits: Readonly<Record<string, string>>): CpuQuota | undefined {
  const own = ownCgroup(means);
  if (own === undefined) return undefined;
  const group = join(own, `siem-export-bench-${process.pid}`);
  try {
    // In version 2 a group can limit its children's processor time only if the controller is enabled for them.
    if (means === 'cgroup v2') writeFileSync(join(own, 'cgroup.subtree_control'), '+cpu');
    mkdirSync(group);
  } catch {
    return undefined;
  }
  const end = () => rmdirSync(group);
  try {
    for (const [file, limit] of Object.entries(limits)) writeFileSync(join(group, file), limit);
  } catch {
    end();
    return undefined;
  }
  return {
    means,
    hold(pid) {
      writeFileSync(join(group, 'cgroup.procs'), `${pid}`);
      // A process leaves its cgroup when it ends.
      return () => undefined;
    },
    end,
  };
}

/** The folder of this process's cgroup in the hierarchy that limits processor time. */
function ownCgroup(means: CgroupVersion): string | undefined {
  const isOurs = (type: string | undefined, options = '') =>
    means === 'cgroup v2' ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes('cpu');
  const [, mount] =
    linesOf('/proc/self/mounts')
      .map(line => line.split(' '))
      .find(([, , type, options]) => isOurs(type, options)) ?? [];
  // Each line is `<hierarchy>:<controllers>:<path>`. The line of version 2 has an empty list of controllers.
  const [, , path] =
    linesOf('/proc/self/cgroup')
      .map(line => line.split(':'))
      .find(([, controllers = '']) =>
        means === 'cgroup v2' ? controllers === '' : controllers.split(',').includes('cpu'),
      ) ?? [];
  return mount === undefined || path === undefined ? undefined : join(mount, path);
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n');
}
