/** Faults of calls to any service. */
export const callFaults = [
  'crash-before',
  'crash-after',
  'lost-answer',
  'late-effect',
  'repeated-call',
  'throttled',
  'timeout',
  'slow-answer',
] as const;

/** Faults of uploads. */
export const uploadFaults = [
  'broken-upload',
  'unavailable-cloud',
  'repeated-upload',
  'unclear-refusal',
  'out-of-time',
  'killed-upload',
  'refused-upload',
  'unreadable-success',
] as const;

/**
 * Faults of calls to DynamoDB: a transaction conflict, a partial batch, and a lease that is not seen, because
 * correctness must not depend on leases.
 */
export const tableFaults = ['conflict', 'unprocessed-keys', 'overlooked-lease'] as const;

/** Faults of messages and ticks. */
export const deliveryFaults = [
  'duplicate-message',
  'delayed-message',
  'reordered-message',
  'foreign-message',
  'refused-message',
  'concurrent-exporters',
  'missed-tick',
  'late-tick',
  'repeated-tick',
] as const;

/** Faults that last for hours. */
export const outages = [
  'table-outage',
  'queue-outage',
  'cloud-outage',
  'silent-cloud',
  'slow-bucket',
  'revoked-credential',
] as const;

/** Actions of operators and customers. */
export const operatorActions = [
  'rotated-secret',
  'missing-secret',
  'pause',
  'time-zone',
  'destination',
  'destination-and-back',
  'format',
  'compression',
  'part-size',
  'same-record',
  'invalid-record',
  'expiry',
  'deletion',
  'foreign-object',
] as const;

/** Properties of rows and clocks. */
export const circumstances = [
  'boundary-row',
  'late-row',
  'clock-skew',
  'daylight-saving',
  'stale-index',
  'many-parts',
  'large-window',
  'backlog',
  'long-settle',
  'recount',
  'failed-recount',
  'recorded-late',
  'deleted-row',
] as const;

export const faultKinds = [
  ...callFaults,
  ...uploadFaults,
  ...tableFaults,
  ...deliveryFaults,
  ...outages,
  ...operatorActions,
  ...circumstances,
] as const;

export type FaultKind = (typeof faultKinds)[number];
export type CallFault = (typeof callFaults)[number];
export type UploadFault = (typeof uploadFaults)[number];
