import type { Process } from '../world/process.ts';
import type { World } from '../world/world.ts';
import type { Invocation } from './invocation.ts';

/** Reads of the audit log for each committed file. */
const readsPerFile = 1.1;
/** Of one size, for one file, by exporters that nothing else had befallen. */
const mostTimesOut = 2;

interface Work {
  /** Times that somebody began to read rows for an upload. */
  reads: number;
  commits: number;
  /** Failures that were recorded, and objects that were found where one was to be created. */
  excuses: number;
  readonly exporters: Set<Process>;
  /** Who is between reading and the upload's end. */
  readonly atWork: Set<Process>;
  /** How often a file of a size could not be finished in time, since the cursor moved last. */
  readonly timesOut: Map<number, number>;
}

/**
 * Watches what exports cost: a file is read once, however many messages ask for it; one exporter of an account is at
 * work at a time; and a file that cannot be finished in time is made smaller.
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
      if (isCalm && others.length > 0)
        world.violate('work', `${process.name} and ${others[0]?.name} are both at work on ${accountId}`);
      // No lease keeps copies of one message apart: both read, and each may make the other begin anew.
      if (others.some(other => haveSameMessage(other, process))) work.excuses += 2;
      work.atWork.add(process);
    },
    onUploadEnded(accountId: string, process: Process): void {
      workOf(accountId).atWork.delete(process);
    },
    onExcuse(accountId: string): void {
      workOf(accountId).excuses++;
    },
    onCommit(accountId: string): void {
      const work = workOf(accountId);
      work.commits++;
      work.timesOut.clear();
    },
    /** An attempt at a file of this size ran out of time. */
    onTimeOut(accountId: string, partBytes: number, { process, messages }: Invocation): void {
      // Of several messages the later ones may have had no time left; the stack hands out one at a time.
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
    /** When everything is over. */
    check(): void {
      for (const [accountId, { reads, commits, excuses, exporters }] of byAccount) {
        const troubles = [...exporters].reduce((sum, process) => sum + process.troubles(), 0);
        // A trouble may cost a read of the exporter that meets it, and one of another that it disturbs by that.
        if (reads > readsPerFile * commits + 1 + excuses + 2 * troubles)
          world.violate(
            'work',
            `${accountId}: ${reads} reads for ${commits} files, ${excuses} excuses, ${troubles} troubles`,
          );
      }
    },
  };

  function haveSameMessage(one: Process, other: Process): boolean {
    const messages = new Set(invocations.get(one)?.messages);
    return invocations.get(other)?.messages.some(message => messages.has(message)) ?? false;
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
