import { assumptions, exportSeconds } from './assumptions.ts';
import { createHeap } from './heap.ts';

export interface Wave {
  readonly concurrency: number;
  /** When each account's file was delivered, in seconds after midnight, in order. */
  readonly deliveredAt: Float64Array<ArrayBuffer>;
  /** Seconds that exporters ran, waiting for others not included. */
  readonly busySeconds: number;
  readonly invocations: number;
  /** What the last delivery can't come before, whatever else is infinitely fast; seconds after midnight. */
  readonly bounds: Readonly<Record<Bound, number>>;
}

export type Bound = 'dispatch' | 'concurrency' | 'ledger writes' | 'largest account';

interface Message {
  /** When it can be received. */
  readonly at: number;
  readonly account: number;
  /** Of the export, still to be done. */
  readonly seconds: number;
}

/** The wave of exports after a midnight that all accounts share, with so many exporters at once. */
export function simulateWave(rows: Float64Array, concurrency: number): Wave {
  const { settle, coldStart, invocation, ledgerWriteUnitsPerSecond } = assumptions;
  const messages = createHeap<Message>();
  for (const [account, count] of rows.entries())
    messages.add({ at: visibleAt(account), account, seconds: exportSeconds(count) });
  const exporters = createHeap<{ at: number; isCold: boolean }>();
  for (let number = 0; number < concurrency; number++)
    exporters.add({ at: settle + pollerDelay(number), isCold: true });

  const deliveredAt: number[] = [];
  const secondsPerWindow = assumptions.ledgerWriteUnitsPerWindow / ledgerWriteUnitsPerSecond;
  let ledgerFreeAt = 0;
  let busySeconds = 0;
  let invocations = 0;
  for (let message = messages.take(); message; message = messages.take()) {
    const exporter = exporters.take();
    if (!exporter) throw new RangeError('There is no exporter');
    // Throttled writes are tried again inside the exporter, which waits for them.
    const received = Math.max(message.at, exporter.at);
    const started = Math.max(received, ledgerFreeAt);
    ledgerFreeAt = started + secondsPerWindow;
    const seconds = Math.min(message.seconds, invocation);
    const ended = started + seconds + (exporter.isCold ? coldStart : 0);
    busySeconds += ended - received;
    invocations++;
    exporters.add({ at: ended, isCold: false });
    if (seconds < message.seconds)
      messages.add({ ...message, at: ended, seconds: message.seconds - seconds });
    else deliveredAt.push(ended);
  }
  return {
    concurrency,
    deliveredAt: Float64Array.from(deliveredAt).sort(),
    busySeconds,
    invocations,
    bounds: boundsOf(rows, concurrency),
  };
}

/** The dispatcher sends one after the other, and counts the settle time from midnight. */
function visibleAt(account: number): number {
  const { dispatchCpuPerMillion, dispatcherProcessors, settle } = assumptions;
  return Math.max(settle, ((account + 1) / 1e6) * (dispatchCpuPerMillion / dispatcherProcessors));
}

function pollerDelay(number: number): number {
  return Math.max(0, number - assumptions.firstPollers) / assumptions.pollersPerSecond;
}

function boundsOf(rows: Float64Array, concurrency: number): Record<Bound, number> {
  const { settle, ledgerWriteUnitsPerWindow, ledgerWriteUnitsPerSecond } = assumptions;
  const seconds = rows.map(exportSeconds);
  const all = seconds.reduce((sum, some) => sum + some, 0);
  return {
    dispatch: visibleAt(rows.length - 1),
    concurrency: settle + all / concurrency,
    'ledger writes': settle + (rows.length * ledgerWriteUnitsPerWindow) / ledgerWriteUnitsPerSecond,
    'largest account': settle + seconds.reduce((most, some) => Math.max(most, some), 0),
  };
}
