import { usage } from '../../cli/commands/cost/usage.ts';

/** What the simulation rests on; all of it is printed. Times in seconds unless the name says otherwise. */
export const assumptions = {
  /** Measured by `npm run bench:dispatch`: CPU of the dispatcher for a million messages. */
  dispatchCpuPerMillion: 20,
  /** The share of a processor that Lambda gives the dispatcher: 1,024 of 1,769 MB. */
  dispatcherProcessors: 1024 / 1769,
  /** After midnight no message is handed out before. */
  settle: 300,
  /** Measured by `npm run bench:cold`: once for each exporter that Lambda starts. */
  coldStart: usage.coldStartSeconds,
  /** Measured by `npm run bench:small`: the CPU of a window of the usual size. */
  exportCpu: 0.01,
  /** Measured by `npm run bench:export`, on the one processor that an exporter has. */
  rowsPerCpuSecond: 280_000,
  /** A call to DynamoDB; `npm run bench:small` counts a window's. To Secrets Manager and EventBridge there is one each. */
  dynamodbCall: 0.005,
  dynamodbCalls: 5,
  serviceCall: 0.015,
  /** Signing in to the customer's cloud and writing a small file, over a fresh TLS connection to a far region. */
  bucketWrite: 0.3,
  /** Rows of 400 bytes that DynamoDB hands out a second of one partition, which is one account. */
  rowsPerSecond: usage.rowsPerSecond,
  /** An exporter puts the rest of an account back into the queue after so long. */
  invocation: 840,
  /** Lambda's pollers of a queue: five at once, and five more each second. */
  firstPollers: 5,
  pollersPerSecond: 300 / 60,
  /** What a new on-demand table takes at once; AWS raises it to twice the peaks it has seen. */
  ledgerWriteUnitsPerSecond: 4_000,
  ledgerWriteUnitsPerWindow: usage.ledgerWriteUnitsPerWindow,
} as const;

/** How long the exporter is busy with a window of so many rows, start-up aside. */
export function exportSeconds(rows: number): number {
  const { dynamodbCalls, dynamodbCall, serviceCall, bucketWrite, exportCpu } = assumptions;
  const calls = dynamodbCalls * dynamodbCall + 2 * serviceCall + bucketWrite;
  return calls + exportCpu + rows / Math.min(assumptions.rowsPerSecond, assumptions.rowsPerCpuSecond);
}
