/**
 * A customer's bucket (S3), bucket (GCS) or container (Azure), opened with the customer's credential.
 *
 * The three drivers pass one contract suite, `test/contract/bucket-contract.ts`.
 */
export interface Bucket {
  /**
   * Creates the object, and never overwrites one: it is there whole and with an integrity checksum when the promise
   * resolves, or nothing of it is visible when the promise rejects.
   *
   * No request that may create the object is sent before the body is read to its end: a promise that rejects earlier
   * has certainly written nothing.
   *
   * The body is pulled as fast as the upload goes, so memory is bounded whatever its size. When the body throws, or
   * `signal` aborts, the upload is abandoned, nothing stays behind (no object, no unfinished multipart upload), and
   * the promise rejects with the body's own error, or with `signal.reason`.
   *
   * @returns `created`; or, where an object has the key already, `exists` — the body may then be read in part only.
   *   `exists-perhaps-ours` if the driver itself had to repeat the creating request after an unclear answer, so that
   *   the object may be what that request wrote.
   * @throws ExportError with the code that names what went wrong, the bucket, and what to do
   */
  create(object: NewObject, signal: AbortSignal): Promise<Creation>;

  /** Ends the connections that are kept open. */
  close(): void;
}

export interface NewObject {
  /** The whole key, prefix included. */
  readonly key: string;
  readonly body: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** Names in lower-case letters, values in ASCII: what all three clouds keep unchanged. */
  readonly metadata: Readonly<Record<string, string>>;
}

export type Creation = 'created' | 'exists' | 'exists-perhaps-ours';
