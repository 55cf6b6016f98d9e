/**
 * All reasons why an export can fail. The set is closed, so that alarms,
 * dashboards and customers can rely on the codes.
 *
 * With `retryable: false` the customer or an operator must act: the failure is recorded in the
 * ledger, reported by event and metric, and tried again at the account's next boundary. With
 * `retryable: true` the cause is ours or the network's: the failure is thrown, the queue retries,
 * and after too many retries the message goes to the dead-letter queue.
 */
export const failureCodes = {
  account_invalid: { retryable: false, meaning: 'The account record has faults' },
  secret_missing: { retryable: false, meaning: 'The secret does not exist or has no text' },
  secret_invalid: {
    retryable: false,
    meaning: 'The secret is not the kind of credential the destination needs',
  },
  credentials_rejected: { retryable: false, meaning: 'The cloud does not accept the credential' },
  access_denied: { retryable: false, meaning: 'The credential is valid but may not create the object' },
  bucket_missing: { retryable: false, meaning: 'The bucket or container does not exist' },
  wrong_region: { retryable: false, meaning: 'The bucket is in another region than the account record says' },
  object_exists: {
    retryable: false,
    meaning: 'An object with the same key exists that this system did not write',
  },
  role_unprotected: {
    retryable: false,
    meaning: 'The role can be assumed without its external id, or with any',
  },
  destination_rejected: { retryable: false, meaning: 'The cloud refuses the upload for another reason' },
  message_invalid: { retryable: true, meaning: 'A message in the export queue has an unknown form' },
  destination_unavailable: { retryable: true, meaning: 'The cloud answers with server errors or throttles' },
  network: { retryable: true, meaning: 'The cloud cannot be reached, or the connection broke' },
  no_answer: { retryable: true, meaning: 'The cloud accepts connections but does not answer in time' },
  region_silent: {
    retryable: true,
    meaning: 'Other buckets of the region do not answer, so this one was not tried yet',
  },
  out_of_time: { retryable: true, meaning: 'The function ran out of time in the middle of a file' },
  internal: { retryable: true, meaning: 'An error in this system or in AWS' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type FailureCode = keyof typeof failureCodes;

/** Codes of failures that only a customer or an operator can fix. */
export type ActionNeededCode = {
  [Code in FailureCode]: (typeof failureCodes)[Code]['retryable'] extends false ? Code : never;
}[FailureCode];

/**
 * An export failure with a code. The message says what happened, with which bucket, and what to do. It must never
 * contain a secret; the original error is kept as `cause`.
 */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** True if a retry may succeed without any change by a person. */
  get retryable(): boolean {
    return failureCodes[this.code].retryable;
  }
}

/** Turns any thrown value into an ExportError; other errors get the code `internal`. */
export function toExportError(thrown: unknown): ExportError {
  if (thrown instanceof ExportError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new ExportError('internal', `Unexpected ${name}; see the function's log`, { cause: thrown });
}
