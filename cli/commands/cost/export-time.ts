import { exporterMemory } from '../../../lib/runtime-environment.ts';

/** How long the parts of an export take, in seconds. Comments name the benchmark that measured a figure. */
export const exportTime = {
  /** A call to DynamoDB; `npm run bench:small` counts a window's. */
  dynamodbCall: 0.005,
  dynamodbCalls: 5,
  /** A call to Secrets Manager or EventBridge; there is one to each. */
  serviceCall: 0.015,
  serviceCalls: 2,
  /**
   * Authenticating with the customer’s cloud and writing a small file, over a new TLS connection to a distant region.
   */
  bucketWrite: 0.3,
  /** CPU time of a window of usual size (`npm run bench:small`). */
  exportCpu: 0.01,
  /** On one full processor (`npm run bench:export`). */
  rowsPerCpuSecond: 280_000,
  /** Rows of 400 bytes per second from one DynamoDB partition: 3,000 consistent reads of 4 KB. */
  rowsPerSecond: 30_000,
  /**
   * For each exporter that Lambda starts: the time until Node runs, then the CPU time of the start (`npm run
   * bench:cold`).
   */
  lambdaStart: 0.3,
  coldStartCpu: 0.2,
} as const;

/** The share of a processor that Lambda gives a function, by its memory in MB: 1,769 MB are one processor. */
export function processorsOf(memory: number): number {
  return memory / 1769;
}

/**
 * How long an exporter works on a window of so many rows, without the cold start.
 *
 * @param memory of the exporter, in MB
 */
export function exportSeconds(rows: number, memory: number = exporterMemory): number {
  const { dynamodbCalls, dynamodbCall, serviceCalls, serviceCall, bucketWrite, exportCpu } = exportTime;
  const calls = dynamodbCalls * dynamodbCall + serviceCalls * serviceCall + bucketWrite;
  const cpu = exportCpu / threadOf(memory);
  return (
    calls +
    cpu +
    rows / Math.min(exportTime.rowsPerSecond, exportTime.rowsPerCpuSecond * processorsOf(memory))
  );
}

/** How long a cold start takes, by the exporter’s memory in MB. */
export function coldStartSeconds(memory: number = exporterMemory): number {
  return exportTime.lambdaStart + exportTime.coldStartCpu / threadOf(memory);
}

/** The share of a processor that one thread can use: at most one. */
function threadOf(memory: number): number {
  return Math.min(1, processorsOf(memory));
}
