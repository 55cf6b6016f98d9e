import type { Bucket } from '../../../lambdas/buckets/bucket.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { contentType, objectMetadata } from '../../../lambdas/domain/object-key.ts';
import { compressionLevel } from '../../../lambdas/domain/recipe.ts';
import type { EncodeRows } from '../../../lambdas/exporter/cut-part.ts';
import type { AuditLog } from '../../../lambdas/exporter/ports.ts';
import { packAgain } from './pack-again.ts';

export interface Redelivery {
  readonly accountId: string;
  readonly file: FileWithObject;
  /** The last sort key of the previous part; absent for the first part. */
  readonly after: string | undefined;
  readonly auditLog: Pick<AuditLog, 'pages'>;
  readonly encoding: Encoding;
  readonly bucket: Bucket;
  readonly writerVersion: string;
  /** Whether to write the file even if its bytes differ from those delivered, because rows or mapping have changed. */
  readonly asItIsNow: boolean;
}

/** How the lines of a file are made again. */
export interface Encoding {
  readonly encode: EncodeRows;
  /** Identifies how OCSF events are made; absent for other formats. */
  readonly mapping: string | undefined;
}

/** A delivered file that has an object. */
export type FileWithObject = DeliveredFile & { readonly key: string };

/**
 * `written`: with the bytes of the ledger; `written otherwise`: with other bytes, because the rows or the mapping changed;
 * `there already`: not written, because an object has the key (maybe ours, if an earlier answer was unclear); `changed`:
 * not written, because the rows changed; `mapped otherwise`: not written, because its OCSF events were made with other
 * actions or settings; the rows may have changed, too.
 */
export type Outcome = 'written' | 'written otherwise' | 'there already' | 'changed' | 'mapped otherwise';

export interface Redelivered {
  readonly outcome: Outcome;
  readonly records: number;
  readonly bytes: number;
}

/**
 * Makes the file twice: first to compare its digest with the ledger, then to upload it.
 * @throws ExportError if the bucket refuses the file, or leaves open whether it is there
 */
export async function redeliverFile(work: Redelivery): Promise<Redelivered> {
  const { accountId, file, bucket, writerVersion } = work;
  const { signal } = new AbortController();
  const trial = await findLevel(work, signal);
  if (trial.level === undefined && !work.asItIsNow)
    return { ...trial, outcome: file.mapping === work.encoding.mapping ? 'changed' : 'mapped otherwise' };

  const { window, part, format, compression } = file;
  const name = { accountId, windowEnd: window.end, part, compression };
  const { encode } = work.encoding;
  const made = packAgain({ ...work, encode, level: trial.level ?? compressionLevel }, signal);
  const answer = await bucket.create(
    {
      key: file.key,
      body: made.body,
      contentType: contentType(format, compression),
      metadata: objectMetadata(name, window.start, format, writerVersion),
    },
    { signal, step: async () => undefined },
  );
  // Its body may have been read in part only, so it has no figures.
  if (answer.kind === 'exists') return { ...trial, outcome: 'there already' };
  if (answer.kind !== 'created') throw answer.failure;
  // Rows may have changed since the trial: report what was uploaded.
  const { records, bytes, sha256 } = made.figures();
  return { outcome: sha256 === file.sha256 ? 'written' : 'written otherwise', records, bytes };
}

interface Trial {
  /** Absent if no level gives the bytes of the ledger: then the rows or the mapping have changed. */
  readonly level: number | undefined;
  readonly records: number;
  readonly bytes: number;
}

/** The ledger does not store the compression level, and an earlier release may have used another one. */
async function findLevel({ file, ...work }: Redelivery, signal: AbortSignal): Promise<Trial> {
  let [records, bytes] = [0, 0];
  for (const level of file.compression === 'none' ? [compressionLevel] : levels) {
    const trial = packAgain({ ...work, encode: work.encoding.encode, file, level }, signal);
    for await (const _ of trial.body) signal.throwIfAborted();
    const figures = trial.figures();
    ({ records, bytes } = figures);
    if (figures.sha256 === file.sha256) return { level, records, bytes };
    if (figures.uncompressedBytes !== file.uncompressedBytes) break;
  }
  return { level: undefined, records, bytes };
}

/** The present level first. */
const levels = [compressionLevel, ...[1, 2, 3, 4, 5, 6, 7, 8, 9].filter(level => level !== compressionLevel)];
