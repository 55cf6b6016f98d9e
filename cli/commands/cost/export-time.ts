import { exporterMemory } from '../../../lib/runtime-environment.ts';

/** Where the time of an export goes, in seconds; measured by the benchmarks where they are named. */
export const exportTime = {
  /** A call to DynamoDB; `npm run bench:small` counts a window's. */
  dynamodbCall: 0.005,
  dynamodbCalls: 5,
  /** A call to Secrets Manager or EventBridge; there is one to each. */
  serviceCall: 0.015,
  serviceCalls: 2,
  /** Signing in to the customer's cloud and writing a small file, over a fresh TLS connection to a far region. */
  bucketWrite: 0.3,
  /** `npm run bench:small`: the processor time of a window of the usual size. */
  exportCpu: 0.01,
  /** `npm run bench:export`: on one whole processor. */
  rowsPerCpuSecond: 280_000,
  /** Rows of 400 bytes that DynamoDB hands out a second of one partition: 3,000 consistent reads of 4 KB. */
  rowsPerSecond: 30_000,
  /** For each exporter that Lambda starts: until Node runs, and (`npm run bench:cold`) the processor time from then on. */
  lambdaStart: 0.3,
  coldStartCpu: 0.2,
} as const;

/** What of a processor Lambda gives a function, by its memory in MB: 1,769 MB are one processor. */
export function processorsOf(memory: number): number {
  return memory / 1769;
}

/**
 * How long an exporter is busy with a window of so many rows, start-up aside.
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

/** How long an exporter takes to start, by its memory in MB. */
export function coldStartSeconds(memory: number = exporterMemory): number {
  return exportTime.lambdaStart + exportTime.coldStartCpu / threadOf(memory);
}

/** What one thread gets of a processor: no more than the whole of it. */
function threadOf(memory: number): number {
  return Math.min(1, processorsOf(memory));
}
