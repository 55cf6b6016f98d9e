export const daysPerMonth = 365 / 12;
export const hoursPerMonth = 24 * daysPerMonth;
export const ticksPerMonth = 4 * hoursPerMonth;

/** What the pipeline uses, measured or counted in the code; docs/operator/cost.md explains each figure. */
export const usage = {
  /** Exporter time for recounting an empty window: four round trips. */
  recountSecondsPerWindow: 0.1,
  dispatcherGb: 1,
  dispatcherSecondsPerTick: 1,
  watchdogGb: 0.5,
  watchdogSecondsPerRun: 1,
  watchdogSecondsPerAccount: 0.001,
  /** Size of a row in a delivered file (compressed JSON). */
  deliveredBytesPerRow: 65,
  smallestFileBytes: 300,
  /** One unit for the intent, and two each for the row and the cursor of the commit, which are below 1 KB. */
  ledgerWriteUnitsPerWindow: 5,
  ledgerReadsPerWindow: 4,
  /** Per account and month: the dispatcher’s query, and the watchdog’s scan and batch reads. */
  fleetReadsPerAccount: 30 * 6 + 24 * daysPerMonth * 2,
  /** Send, receive and delete, plus a tenth of a batched send. */
  queueRequestsPerWindow: 2.1,
  /** An event source mapping polls an empty queue with five parallel long polls of 20 seconds. */
  idlePollsPerMonth: (5 * 3600 * hoursPerMonth) / 20,
  eventsPerWindow: 1,
  logBytesPerWindow: 3_000,
  logBytesPerTick: 1_500,
  /** For the secret, and for the data keys of three tables and of sending to and receiving from the queue. */
  keyCallsPerWindow: 6,
  /** The same while other windows are exported: every data key except the secret’s is then cached for minutes. */
  keyCallsInWave: 1,
  alarms: 18,
  /** Additional alarm if windows are counted again. */
  recountAlarms: 1,
  /** Upper limit; a metric of a failure code that never occurs costs nothing. */
  metrics: 40,
  logMonths: 3,
} as const;
