import type { Bucket } from '../../lambdas/buckets/bucket.ts';
import type { SeenRequest } from './fault-proxy.ts';

/** A real server behind the suite: embedded, or one named by the environment. */
export interface BucketServer {
  /**
   * The driver opened on this server, with short delays between its attempts and small parts.
   * `fault` breaks one thing; `endpoint` replaces the server's own (it is the fault proxy's, or one where nobody listens);
   * `silenceMs` is the driver's option.
   */
  open(options?: BucketOpening): Bucket | Promise<Bucket>;
  /** True for the request that creates the object, of all those that an upload sends. */
  creates(request: SeenRequest): boolean;
  readonly endpoint: string;
  /**
   * Which faults this server can play: all of the embedded one's. An external server's environment says; what it
   * cannot play is skipped with a word why.
   */
  readonly faults: readonly BucketFault[];
  /** True of a server that the environment names; the embedded one has to play every fault. */
  readonly isExternal: boolean;
  /** The name of the bucket that `open` opens (with a fault, it may be another one): every message must hold it. */
  bucketName(fault?: BucketFault): string;
  /** Every secret text in the credentials that `open` uses, right and wrong ones: no piece of them may show in an error. */
  readonly secrets: readonly string[];
  /** Reads an object with the vendor's SDK, or undefined when it is not there. */
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes an object that is not the driver's. */
  put(key: string, body: Uint8Array): Promise<void>;
  /** Uploads begun and neither completed nor aborted; absent where the cloud has no such notion. */
  unfinishedUploads?(): Promise<number>;
  close(): Promise<void>;
}

export interface BucketOpening {
  readonly fault?: BucketFault;
  readonly endpoint?: string;
  readonly silenceMs?: number;
}

export interface StoredObject {
  readonly body: Buffer;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly metadata: Record<string, string>;
}

export type BucketFault = 'wrong-credentials' | 'missing-bucket' | 'denied' | 'wrong-region';
