/**
 * Why an export did not go through: a closed set of codes, so that alarms, dashboards and customers can rely on them.
 *
 * Two kinds. *The customer (or the operator) must act*: recorded in the ledger, reported by event and metric, and
 * tried again at the account's next boundary. *Ours or the network's*: thrown, retried by the queue, and
 * dead-lettered when it stays. See `failureCodes` for which is which.
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
  object_exists: { retryable: false, meaning: 'An object that this system did not write has the key' },
  role_unprotected: {
    retryable: false,
    meaning: 'The role can be assumed without its external id, or with any',
  },
  destination_rejected: { retryable: false, meaning: 'The cloud refuses the upload for another reason' },
  message_invalid: { retryable: true, meaning: 'A message in the export queue is not one of ours' },
  destination_unavailable: { retryable: true, meaning: 'The cloud answers with server errors or throttles' },
  network: { retryable: true, meaning: 'The cloud cannot be reached, or the connection broke' },
  no_answer: { retryable: true, meaning: 'The cloud takes connections and does not answer in time' },
  region_silent: {
    retryable: true,
    meaning: 'Other buckets of the region are silent, so this one was not asked yet',
  },
  out_of_time: { retryable: true, meaning: 'The function ran out of time in the middle of a file' },
  internal: { retryable: true, meaning: 'A fault of this system or of AWS' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type FailureCode = keyof typeof failureCodes;

/** Codes after which a customer or an operator has to change something before it can work. */
export type ActionNeededCode = {
  [Code in FailureCode]: (typeof failureCodes)[Code]['retryable'] extends false ? Code : never;
}[FailureCode];

/**
 * An export failure with its named code. The message says what happened, to which bucket, and what to do;
 * it never holds a secret, which is why a vendor's own message stays out of it and travels as `cause`.
 */
export class ExportError extends Error {
  override readonly name = 'ExportError';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** True if trying again without anybody's help may succeed. */
  get retryable(): boolean {
    return failureCodes[this.code].retryable;
  }
}

/** Any thrown value as an ExportError; what is not one already becomes `internal`. */
export function toExportError(thrown: unknown): ExportError {
  if (thrown instanceof ExportError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new ExportError('internal', `Unexpected ${name}; see the function's log`, { cause: thrown });
}
