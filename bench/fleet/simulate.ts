import { coldStartSeconds, exportSeconds } from '../../cli/commands/cost/export-time.ts';
import { assumptions } from './assumptions.ts';
import { createHeap } from './heap.ts';

export interface WaveOptions {
  /** Exporters at once. */
  readonly concurrency: number;
  /** Of an exporter, in MB. */
  readonly memory: number;
}

export interface Wave extends WaveOptions {
  /** When each account's file was delivered, in seconds after midnight, in order. */
  readonly deliveredAt: Float64Array<ArrayBuffer>;
  /** The sum of the seconds that exporters ran, from receiving a message to ending. */
  readonly busySeconds: number;
  readonly invocations: number;
  /** For each bottleneck: the earliest last delivery if everything else took no time; in seconds after midnight. */
  readonly bounds: Readonly<Record<Bound, number>>;
}

export type Bound = 'dispatch' | 'concurrency' | 'ledger writes' | 'largest account';

interface Message {
  readonly account: number;
  /** The time that the rest of the export takes. */
  readonly seconds: number;
}

/** Simulates the wave of exports after a midnight that all accounts share. */
export function simulateWave(rows: Float64Array, { concurrency, memory }: WaveOptions): Wave {
  const events = createHeap<{ readonly at: number; happen(at: number): void }>();
  const queue: Message[] = [];
  let firstInQueue = 0;
  let coldExporters = 0;
  let warmExporters = 0;

  const deliveredAt = new Float64Array(rows.length);
  const secondsPerWindow = assumptions.ledgerWriteUnitsPerWindow / assumptions.ledgerWriteUnitsPerSecond;
  const coldStart = coldStartSeconds(memory);
  const turn = turnSeconds(memory);
  let ledgerFreeAt = 0;
  let busySeconds = 0;
  let invocations = 0;

  for (const [account, count] of rows.entries())
    send({ account, seconds: exportSeconds(count, memory) }, visibleAt(account));
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
    deliveredAt: deliveredAt.sort(),
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

  /** Gives waiting messages to idle exporters. */
  function handOut(at: number): void {
    while (firstInQueue < queue.length && coldExporters + warmExporters > 0) {
      const message = queue[firstInQueue++] as Message;
      const isCold = warmExporters === 0;
      if (isCold) coldExporters--;
      else warmExporters--;
      invoke(message, at, isCold ? coldStart : 0);
    }
  }

  function invoke(message: Message, received: number, startUp: number): void {
    const { seconds, happen } = working(message, received);
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
    // The exporter waits while the SDK retries throttled writes.
    const started = Math.max(received, ledgerFreeAt);
    ledgerFreeAt = started + secondsPerWindow;
    const seconds = Math.min(message.seconds, turn);
    const happen = (at: number) => {
      const left = message.seconds - seconds;
      if (left > 0) send({ account: message.account, seconds: left }, at);
      else deliveredAt[message.account] = at;
    };
    return { seconds: started - received + seconds, happen };
  }
}

/** An exporter finishes the file that it has begun, so it may run longer than `assumptions.turn`. */
function turnSeconds(memory: number): number {
  const file = exportSeconds(assumptions.rowsPerFile, memory);
  return Math.min(Math.ceil(assumptions.turn / file) * file, assumptions.invocation);
}

/** When an account's message becomes visible: when the dispatcher has sent it, and the settle time has passed. */
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
