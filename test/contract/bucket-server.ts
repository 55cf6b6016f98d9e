import type { Bucket } from '../../lambdas/buckets/bucket.ts';
import type { SeenRequest } from './fault-proxy.ts';

/** The server under the suite: embedded, or named by the environment. */
export interface BucketServer {
  /**
   * Opens the driver on this server, with short delays and small parts. `fault` makes one thing fail; `endpoint`
   * replaces the server’s own, by the fault proxy or by an address without a server; `silenceMs` is passed to the
   * driver.
   */
  open(options?: BucketOpening): Bucket | Promise<Bucket>;
  /** True for the request of an upload that creates the object. */
  creates(request: SeenRequest): boolean;
  readonly endpoint: string;
  /**
   * The faults that this server can produce; the embedded one can produce all. For an external server, the
   * environment says which; tests of other faults are skipped with a reason.
   */
  readonly faults: readonly BucketFault[];
  /** True if the environment names the server; the embedded one must produce every fault. */
  readonly isExternal: boolean;
  /** The name of the bucket that `open` uses (a fault may change it); every message must contain it. */
  bucketName(fault?: BucketFault): string;
  /** All secrets in the credentials that `open` uses; no part of them may appear in an error. */
  readonly secrets: readonly string[];
  /** Reads an object with the vendor’s SDK; undefined if it does not exist. */
  read(key: string): Promise<StoredObject | undefined>;
  /** Writes an object without the driver. */
  put(key: string, body: Uint8Array): Promise<void>;
  /** The number of unfinished uploads; absent if the cloud has none. */
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
