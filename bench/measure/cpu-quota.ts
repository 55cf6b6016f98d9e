import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDutyCycle } from './duty-cycle.ts';

export type QuotaMeans = 'cgroup v2' | 'cgroup v1' | 'duty cycle';

/** A limit to the processor time of a process and its threads, however many processors they run on. */
export interface CpuQuota {
  readonly means: QuotaMeans;
  /** Holds a process to the quota from now on, until the answer is called. */
  hold(pid: number): () => void;
  /** To be called when no process is held any more. */
  end(): void;
}

/** In microseconds: Lambda is said to hand out its shares in such slices, and shorter ones than Linux's usual 100 ms. */
const period = 20_000;

/**
 * By a cgroup where this process may make one, or else by stopping the process whenever it is ahead of its share.
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
    // A group of version 2 hands the processor on to its children only where it is told to.
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
      // It leaves the group when it ends.
      return () => undefined;
    },
    end,
  };
}

/** The folder of the cgroup of this process in which processor time is limited. */
function ownCgroup(means: CgroupVersion): string | undefined {
  const isOurs = (type: string | undefined, options = '') =>
    means === 'cgroup v2' ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes('cpu');
  const [, mount] =
    linesOf('/proc/self/mounts')
      .map(line => line.split(' '))
      .find(([, , type, options]) => isOurs(type, options)) ?? [];
  // A line is `<hierarchy>:<controllers>:<path>`; that of version 2 has no controllers.
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
