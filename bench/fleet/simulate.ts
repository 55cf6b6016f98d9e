import { coldStartSeconds, exportSeconds, exportTime } from '../../cli/commands/cost/export-time.ts';
import { retryDelay } from '../../lambdas/exporter/retry-delay.ts';
import { assumptions } from './assumptions.ts';
import { createHeap } from './heap.ts';
import type { Place } from './place.ts';

export interface WaveOptions {
  /** Exporters at once. */
  readonly concurrency: number;
  /** Of an exporter, in MB. */
  readonly memory: number;
  /** Accounts whose bucket takes connections and stays silent. */
  readonly hung?: {
    readonly accounts: ReadonlySet<number>;
    readonly place: Place;
    /** How often each of them has failed in a row before. */
    readonly failures: number;
  };
}

export interface Wave extends Pick<WaveOptions, 'concurrency' | 'memory'> {
  /** When each account's file was delivered, in seconds after midnight, in order. */
  readonly deliveredAt: Float64Array<ArrayBuffer>;
  /** By account: seconds from when its message could be received until its file was delivered; NaN if it never was. */
  readonly delays: Float64Array<ArrayBuffer>;
  /** Seconds that exporters ran, waiting for others not included. */
  readonly busySeconds: number;
  readonly invocations: number;
  /** What the last delivery can't come before, whatever else is infinitely fast; seconds after midnight. */
  readonly bounds: Readonly<Record<Bound, number>>;
}

export type Bound = 'dispatch' | 'concurrency' | 'ledger writes' | 'largest account';

interface Message {
  readonly account: number;
  /** Of the export, still to be done. */
  readonly seconds: number;
  /** How often it has been received. */
  readonly received: number;
}

/** The wave of exports after a midnight that all accounts share. */
export function simulateWave(rows: Float64Array, { concurrency, memory, hung }: WaveOptions): Wave {
  const events = createHeap<{ readonly at: number; happen(at: number): void }>();
  const queue: Message[] = [];
  let firstInQueue = 0;
  let coldExporters = 0;
  let warmExporters = 0;

  const delays = new Float64Array(rows.length).fill(Number.NaN);
  const failures = new Map<number, number>();
  const secondsPerWindow = assumptions.ledgerWriteUnitsPerWindow / assumptions.ledgerWriteUnitsPerSecond;
  const coldStart = coldStartSeconds(memory);
  const turn = turnSeconds(memory);
  let ledgerFreeAt = 0;
  let busySeconds = 0;
  let invocations = 0;

  for (const [account, count] of rows.entries())
    send({ account, seconds: exportSeconds(count, memory), received: 0 }, visibleAt(account));
  for (let number = 0; number < concurrency; number++)
    events.add({
      at: assumptions.settle + pollerDelay(number),
      happen(at) {
        coldExporters++;
        handOut(at);
      },
    });
  for (let event = events.take(); event; event = events.take()) event.happen(event.at);
  return {
    concurrency,
    memory,
    deliveredAt: delays
      .map((delay, account) => visibleAt(account) + delay)
      .filter(at => !Number.isNaN(at))
      .sort(),
    delays,
    busySeconds,
    invocations,
    bounds: boundsOf(rows, concurrency, memory),
  };

  function send(message: Message, at: number): void {
    events.add({
      at,
      happen() {
        queue.push(message);
        handOut(at);
      },
    });
  }

  /** Gives waiting messages to exporters that have nothing to do. */
  function handOut(at: number): void {
    while (firstInQueue < queue.length && coldExporters + warmExporters > 0) {
      const message = queue[firstInQueue++] as Message;
      const isCold = warmExporters === 0;
      if (isCold) coldExporters--;
      else warmExporters--;
      invoke({ ...message, received: message.received + 1 }, at, isCold ? coldStart : 0);
    }
  }

  function invoke(message: Message, received: number, startUp: number): void {
    const { seconds, happen } = hung?.accounts.has(message.account)
      ? failing(message, received)
      : working(message, received);
    const ended = received + startUp + seconds;
    busySeconds += ended - received;
    invocations++;
    events.add({
      at: ended,
      happen(at) {
        warmExporters++;
        happen(at);
        handOut(at);
      },
    });
  }

  function working(message: Message, received: number) {
    // Throttled writes are tried again inside the exporter, which waits for them.
    const started = Math.max(received, ledgerFreeAt);
    ledgerFreeAt = started + secondsPerWindow;
    const seconds = Math.min(message.seconds, turn);
    const happen = (at: number) => {
      const left = message.seconds - seconds;
      // Queueing again makes a new message.
      if (left > 0) send({ account: message.account, seconds: left, received: 0 }, at);
      else delays[message.account] = at - visibleAt(message.account);
    };
    return { seconds: started - received + seconds, happen };
  }

  /** An export whose bucket stays silent, or whose place is suspended; its message comes again after a pause. */
  function failing(message: Message, received: number) {
    const { account } = message;
    const isTried = hung?.place.admits(received) === true;
    const failed = failures.get(account) ?? hung?.failures ?? 0;
    const { firstSilence, patientSilence, patientFromFailures } = assumptions;
    const patience = failed >= patientFromFailures ? patientSilence : firstSilence;
    const happen = (at: number) => {
      if (isTried) {
        failures.set(account, failed + 1);
        hung?.place.silent(account, at);
      }
      if (message.received < assumptions.receives)
        send(message, at + retryDelay(`${account}`, message.received));
    };
    const seconds = isTried
      ? exportSeconds(0, memory) - exportTime.bucketWrite + patience
      : exportTime.dynamodbCall;
    return { seconds, happen };
  }
}

/** An exporter ends its turn with the file that it has begun. */
function turnSeconds(memory: number): number {
  const file = exportSeconds(assumptions.rowsPerFile, memory);
  return Math.min(Math.ceil(assumptions.turn / file) * file, assumptions.invocation);
}

/** The dispatcher sends one after the other, and counts the settle time from midnight. */
function visibleAt(account: number): number {
  const { dispatchCpuPerMillion, dispatcherProcessors, settle } = assumptions;
  return Math.max(settle, ((account + 1) / 1e6) * (dispatchCpuPerMillion / dispatcherProcessors));
}

function pollerDelay(number: number): number {
  return Math.max(0, number - assumptions.firstPollers) / assumptions.pollersPerSecond;
}

function boundsOf(rows: Float64Array, concurrency: number, memory: number): Record<Bound, number> {
  const { settle, ledgerWriteUnitsPerWindow, ledgerWriteUnitsPerSecond } = assumptions;
  const seconds = rows.map(some => exportSeconds(some, memory));
  const all = seconds.reduce((sum, some) => sum + some, 0);
  return {
    dispatch: visibleAt(rows.length - 1),
    concurrency: settle + all / concurrency,
    'ledger writes': settle + (rows.length * ledgerWriteUnitsPerWindow) / ledgerWriteUnitsPerSecond,
    'largest account': settle + seconds.reduce((most, some) => Math.max(most, some), 0),
  };
}
