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
   * Creates the object, and never overwrites one. After `created` it is there whole, with an integrity checksum.
   *
   * The body is pulled as fast as the upload goes, so memory is bounded whatever its size. No request that may create
   * the object is sent before the body is read to its end. Where the body throws, the watch throws or the signal
   * aborts, the upload is abandoned and nothing that can be removed stays behind.
   *
   * @returns what became of it; does not reject for anything that body, watch, signal or cloud do
   */
  create(object: NewObject, watch: UploadWatch): Promise<Answer>;

  /** Ends the connections that are kept open. */
  close(): void;
}

export interface NewObject {
  /** The whole key, prefix included. */
  readonly key: string;
  readonly body: AsyncIterable<Borrowed>;
  readonly contentType: string;
  /** Names in lower-case letters, values in ASCII: what all three clouds keep unchanged. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What an upload is told, and what it tells while it goes on. */
export interface UploadWatch {
  /** Aborts with an ExportError as its reason, which becomes the answer's failure. */
  readonly signal: AbortSignal;
  /**
   * Awaited before the first of several requests (`staging`), and before the one that creates the object (`creating`);
   * an upload of one request has only the latter. What it throws ends the upload.
   */
  step(step: UploadStep): Promise<void>;
}

/**
 * What became of an upload: one of four things.
 *
 * - `created`: the object is there, written by this upload.
 * - `exists`: an object has the key. Only an answer that can mean nothing else counts, never a status code alone.
 *   The body may have been read in part only.
 * - `refused`: this upload has certainly written nothing.
 * - `unclear`: the object may be there or not; the next attempt finds out.
 */
export type Answer = { readonly kind: 'created' } | Exists | NotCreated;

export interface Exists {
  readonly kind: 'exists';
  /** What the cloud said, without anything secret. */
  readonly words: string;
  /** True if an earlier request of this upload was unclear, so that the object may be this upload's own. */
  readonly afterUnclear: boolean;
  /** True if the cloud told that the object has other bytes than this upload's. */
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

/** What two requests for one object come to, of which the later was sent after the earlier one's answer, if there was one. */
export function composed(earlier: Answer | undefined, later: Answer): Answer {
  if (earlier?.kind !== 'unclear') return later;
  if (later.kind === 'refused') return unclear(later.failure);
  return later.kind === 'exists' && !later.hasOtherBytes ? { ...later, afterUnclear: true } : later;
}
