/** What befalls a call to a service, whatever the service. */
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

/** What befalls an upload. */
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
 * What befalls calls to DynamoDB only: a transaction is at work on the item, a batch is read in part, and a lease is not
 * seen, since nothing that is right or wrong may rest on one.
 */
export const tableFaults = ['conflict', 'unprocessed-keys', 'overlooked-lease'] as const;

/** What befalls messages and ticks. */
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

/** What lasts for hours. */
export const outages = [
  'table-outage',
  'queue-outage',
  'cloud-outage',
  'silent-cloud',
  'slow-bucket',
  'revoked-credential',
] as const;

/** What people do meanwhile. */
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

/** What rows and clocks are like. */
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
