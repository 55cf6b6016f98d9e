import { coldStartSeconds, exportTime } from '../../cli/commands/cost/export-time.ts';
import { usage } from '../../cli/commands/cost/usage.ts';

/** What the simulation rests on; all of it is printed. Times in seconds unless the name says otherwise. */
export const assumptions = {
  ...exportTime,
  /** Once for each exporter that Lambda starts, with the memory that is deployed. */
  coldStart: coldStartSeconds(),
  /** Measured by `npm run bench:dispatch`: CPU of the dispatcher for a million messages. */
  dispatchCpuPerMillion: 60,
  /** The share of a processor that Lambda gives the dispatcher: 1,024 of 1,769 MB. */
  dispatcherProcessors: 1024 / 1769,
  /** After midnight no message is handed out before. */
  settle: 300,
  /** After so long an exporter begins no further file, and puts the rest of an account back into the queue. */
  turn: 60,
  /** What a file holds at most: 1 GiB of lines. */
  rowsPerFile: 3_000_000,
  /** No invocation is longer, whatever its file. */
  invocation: 840,
  /** Lambda's pollers of a queue: five at once, and five more each second. */
  firstPollers: 5,
  pollersPerSecond: 300 / 60,
  /** What a new on-demand table takes at once; AWS raises it to twice the peaks it has seen. */
  ledgerWriteUnitsPerSecond: 4_000,
  ledgerWriteUnitsPerWindow: usage.ledgerWriteUnitsPerWindow,
} as const;
