export const daysPerMonth = 365 / 12;
export const hoursPerMonth = 24 * daysPerMonth;
export const ticksPerMonth = 4 * hoursPerMonth;

/** What a month of the pipeline uses, as measured on this code or counted in it; docs/operator/cost.md explains each. */
export const usage = {
  /** Seconds of an exporter for counting a window without rows again: four round trips. */
  recountSecondsPerWindow: 0.1,
  dispatcherGb: 1,
  dispatcherSecondsPerTick: 1,
  watchdogGb: 0.5,
  watchdogSecondsPerRun: 1,
  watchdogSecondsPerAccount: 0.001,
  /** Size of a row in a delivered file: JSON, compressed. */
  deliveredBytesPerRow: 65,
  smallestFileBytes: 300,
  /** One for the intent, and two for each of the commit's items, row and cursor, which are below 1 KB. */
  ledgerWriteUnitsPerWindow: 5,
  ledgerReadsPerWindow: 4,
  /** Dispatcher's query and watchdog's scan and batch reads, for each account in a month. */
  fleetReadsPerAccount: 30 * 6 + 24 * daysPerMonth * 2,
  /** Send, receive, delete; a tenth of a batched send more. */
  queueRequestsPerWindow: 2.1,
  /** An event source mapping polls an empty queue with five long polls of 20 seconds at once. */
  idlePollsPerMonth: (5 * 3600 * hoursPerMonth) / 20,
  eventsPerWindow: 1,
  logBytesPerWindow: 3_000,
  logBytesPerTick: 1_500,
  /** For the secret, and for the data keys of three tables and of both ends of the queue. */
  keyCallsPerWindow: 6,
  /** The same while others are exported: all but the secret's key is then used for minutes. */
  keyCallsInWave: 1,
  alarms: 18,
  /** Where windows are counted again. */
  recountAlarms: 1,
  /** All that there can be; a code that never comes up costs nothing. */
  metrics: 40,
  logMonths: 3,
} as const;
