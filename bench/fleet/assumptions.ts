import { coldStartSeconds, exportTime } from '../../cli/commands/cost/export-time.ts';
import { usage } from '../../cli/commands/cost/usage.ts';

/** The simulation's assumptions; the benchmark prints all of them. Times in seconds unless the name says otherwise. */
export const assumptions = {
  ...exportTime,
  /** The start of an exporter with the deployed memory; counted once for each exporter that Lambda starts. */
  coldStart: coldStartSeconds(),
  /** The dispatcher's processor time for a million messages; measured with `npm run bench:dispatch`. */
  dispatchCpuPerMillion: 60,
  /** The share of a processor that Lambda gives the dispatcher: 1,024 of 1,769 MB. */
  dispatcherProcessors: 1024 / 1769,
  /** The settle time: no message becomes visible earlier after midnight. */
  settle: 300,
  /** After this time an exporter begins no further file, and puts the rest of the account back into the queue. */
  turn: 60,
  /** The most rows in one file: 1 GiB of lines. */
  rowsPerFile: 3_000_000,
  /** The longest invocation, even if its file is not finished. */
  invocation: 840,
  /** Lambda starts with five pollers of a queue and adds five each second. */
  firstPollers: 5,
  pollersPerSecond: 300 / 60,
  /** The write capacity of a new on-demand table; AWS later raises it to twice the highest peak. */
  ledgerWriteUnitsPerSecond: 4_000,
  ledgerWriteUnitsPerWindow: usage.ledgerWriteUnitsPerWindow,
} as const;
