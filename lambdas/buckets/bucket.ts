import type { Borrowed } from '../domain/borrowed.ts';
import type { UploadStep } from '../domain/cursor.ts';
import type { ExportError } from '../domain/failure.ts';

/**
 * A customer's bucket (S3), bucket (GCS) or container (Azure), opened with the customer's credential.
 *
 * The three drivers pass one contract suite, `test/contract/bucket-contract.ts`.
 */
export interface Bucket {
  /**
   * Creates the object; never overwrites an existing one. After `created` the object is complete and has a checksum.
   *
   * The body is read only as fast as it is uploaded, so memory is bounded. No request that may create the object is
   * sent before the body is read to its end. If the body throws, the watch throws or the signal aborts, the upload
   * ends, and everything that can be removed is removed.
   *
   * @returns the outcome; never rejects because of the body, the watch, the signal or the cloud
   */
  create(object: NewObject, watch: UploadWatch): Promise<Answer>;

  /** Closes idle connections. */
  close(): void;
}

export interface NewObject {
  /** The whole key, including the prefix. */
  readonly key: string;
  readonly body: AsyncIterable<Borrowed>;
  readonly contentType: string;
  /** Names must be lower-case letters and values ASCII: only these are kept unchanged by all three clouds. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** How the caller aborts an upload, and how the upload reports its steps. */
export interface UploadWatch {
  /** The reason must be an ExportError; it becomes the answer's failure. */
  readonly signal: AbortSignal;
  /**
   * Called and awaited before the first of several requests (`staging`), and before the request that creates the object
   * (`creating`). An upload with one request calls only the latter. If it throws, the upload ends.
   */
  step(step: UploadStep): Promise<void>;
}

/**
 * The outcome of an upload:
 *
 * - `created`: this upload has written the object.
 * - `exists`: an object with this key already exists. Only an answer that can mean nothing else counts as this, never a
 *   status code alone. The body may not have been read to its end.
 * - `refused`: this upload has certainly written nothing.
 * - `unclear`: the object may exist or not; the next attempt finds out.
 */
export type Answer = { readonly kind: 'created' } | Exists | NotCreated;

export interface Exists {
  readonly kind: 'exists';
  /** The cloud's answer, without secrets. */
  readonly words: string;
  /** True if an earlier request of this upload was unclear: then this upload may have written the object. */
  readonly afterUnclear: boolean;
  /** True if the cloud reported that the object has other bytes than this upload. */
  readonly hasOtherBytes?: true;
}

export interface NotCreated {
  readonly kind: 'refused' | 'unclear';
  readonly failure: ExportError;
}

export const created: Answer = { kind: 'created' };

export function exists(words: string): Answer {
  return { kind: 'exists', words, afterUnclear: false };
}

export function refused(failure: ExportError): NotCreated {
  return { kind: 'refused', failure };
}

export function unclear(failure: ExportError): NotCreated {
  return { kind: 'unclear', failure };
}

/**
 * The combined outcome of two requests for one object, the second sent after the answer to the first. After an unclear
 * answer, `refused` says nothing about the first request, so the outcome stays unclear.
 */
export function composed(earlier: Answer | undefined, later: Answer): Answer {
  if (earlier?.kind !== 'unclear') return later;
  if (later.kind === 'refused') return unclear(later.failure);
  return later.kind === 'exists' && !later.hasOtherBytes ? { ...later, afterUnclear: true } : later;
}
