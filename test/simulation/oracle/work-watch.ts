import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import type { Invocation } from './invocation.ts';

/** Allowed reads of the audit log per committed file. */
const readsPerFile = 1.1;
/** Allowed time-outs of a file at one size, by exporters without other faults. */
const mostTimesOut = 2;

interface Work {
  /** How often rows were read for an upload. */
  reads: number;
  commits: number;
  /** Recorded failures, and existing objects that were found. */
  excuses: number;
  readonly exporters: Set<Process>;
  /** Exporters between the beginning of reading and the end of the upload. */
  readonly atWork: Set<Process>;
  /** How often a file of a size could not be finished in time, since the cursor moved last. */
  readonly timesOut: Map<number, number>;
}

/**
 * Watches the cost of exports: a file is read once, however many messages request it; only one exporter of an account
 * works at a time; and a file that is not finished in time is made smaller.
 */
export function createWorkWatch(
  world: World,
  isCalm: boolean,
  invocations: ReadonlyMap<Process, Pick<Invocation, 'messages'>>,
) {
  const byAccount = new Map<string, Work>();

  return {
    onRead(accountId: string, process: Process): void {
      const work = workOf(accountId);
      work.reads++;
      work.exporters.add(process);
      const others = [...work.atWork].filter(other => other !== process && other.alive());
      const strangers = others.filter(other => !haveSameTick(other, process));
      if (isCalm && strangers.length > 0)
        world.violate('work', `${process.name} and ${strangers[0]?.name} are both at work on ${accountId}`);
      // Leases do not separate two messages of one tick that arrive together, such as copies, or those of the former and the
      // present time zone: both exporters read, and each may make the other start again.
      if (others.length > strangers.length) work.excuses += 2;
      work.atWork.add(process);
    },
    onUploadEnded(accountId: string, process: Process): void {
      workOf(accountId).atWork.delete(process);
    },
    onExcuse(accountId: string): void {
      workOf(accountId).excuses++;
    },
    onCommit(accountId: string, process: Process): void {
      const work = workOf(accountId);
      // A window without an object has no upload.
      work.atWork.delete(process);
      work.commits++;
      work.timesOut.clear();
    },
    /** An attempt at a file of this size ran out of time. */
    onTimeOut(accountId: string, partBytes: number, { process, messages }: Invocation): void {
      // With several messages, the later ones may have had no time left; the stack passes one at a time.
      if (process.troubles() > 0 || messages.length > 1) return;
      const { timesOut } = workOf(accountId);
      const times = (timesOut.get(partBytes) ?? 0) + 1;
      timesOut.set(partBytes, times);
      if (times > mostTimesOut)
        world.violate(
          'progress',
          `${accountId}: a file of ${partBytes} bytes ran out of time ${times} times`,
        );
    },
    /** The final check. */
    check(): void {
      for (const [accountId, { reads, commits, excuses, exporters }] of byAccount) {
        const troubles = [...exporters].reduce((sum, process) => sum + process.troubles(), 0);
        // A fault may cost one read by the exporter that it hits, and one by another exporter.
        if (reads > readsPerFile * commits + 1 + excuses + 2 * troubles)
          world.violate(
            'work',
            `${accountId}: ${reads} reads for ${commits} files, ${excuses} excuses, ${troubles} troubles`,
          );
      }
    },
  };

  function haveSameTick(one: Process, other: Process): boolean {
    const ticks = new Set(invocations.get(one)?.messages.map(({ content }) => content?.tick));
    return invocations.get(other)?.messages.some(({ content }) => ticks.has(content?.tick)) ?? false;
  }

  function workOf(accountId: string): Work {
    const known = byAccount.get(accountId);
    if (known) return known;
    const work: Work = {
      reads: 0,
      commits: 0,
      excuses: 0,
      exporters: new Set(),
      atWork: new Set(),
      timesOut: new Map(),
    };
    byAccount.set(accountId, work);
    return work;
  }
}

export type WorkWatch = ReturnType<typeof createWorkWatch>;
