import type { Bucket } from '../../../lambdas/buckets/bucket.ts';
import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { contentTypes, objectMetadata } from '../../../lambdas/domain/object-key.ts';
import { compressionLevel } from '../../../lambdas/domain/recipe.ts';
import type { AuditLog } from '../../../lambdas/exporter/ports.ts';
import { packAgain } from './pack-again.ts';

export interface Redelivery {
  readonly accountId: string;
  readonly file: DeliveredFile;
  /** The sort key at which the part before ended; absent for the first part. */
  readonly after: string | undefined;
  readonly auditLog: Pick<AuditLog, 'pages'>;
  readonly bucket: Bucket;
  readonly writerVersion: string;
  /** Whether it is written even if the audit log no longer gives the bytes that were delivered. */
  readonly asItIsNow: boolean;
}

/**
 * `written`: the bytes of the ledger; `written otherwise`: others, because the rows are; `there already` and `changed`:
 * nothing, because an object has the key (perhaps our own, if an answer before was unclear), or because the rows are others.
 */
export type Outcome = 'written' | 'written otherwise' | 'there already' | 'changed';

export interface Redelivered {
  readonly outcome: Outcome;
  readonly records: number;
  readonly bytes: number;
}

/**
 * Made twice: once to see that it comes out as it was, then on its way to the bucket.
 * @throws ExportError if the bucket refuses the file, or leaves open whether it is there
 */
export async function redeliverFile(work: Redelivery): Promise<Redelivered> {
  const { accountId, file, bucket, writerVersion } = work;
  const { signal } = new AbortController();
  const trial = await findLevel(work, signal);
  if (trial.level === undefined && !work.asItIsNow) return { ...trial, outcome: 'changed' };

  const { window, part, format, compression } = file;
  const name = { accountId, windowEnd: window.end, part, compression };
  const made = packAgain({ ...work, level: trial.level ?? compressionLevel }, signal);
  const answer = await bucket.create(
    {
      key: file.key,
      body: made.body,
      contentType: contentTypes[compression],
      metadata: objectMetadata(name, window.start, format, writerVersion),
    },
    { signal, step: async () => undefined },
  );
  // The body may then be read in part only, and has no figures.
  if (answer.kind === 'exists') return { ...trial, outcome: 'there already' };
  if (answer.kind !== 'created') throw answer.failure;
  // Rows may have been written or deleted since the trial: only what went to the bucket counts.
  const { records, bytes, sha256 } = made.figures();
  return { outcome: sha256 === file.sha256 ? 'written' : 'written otherwise', records, bytes };
}

interface Trial {
  /** None if the file does not come out as it was at any level: its rows are others now. */
  readonly level: number | undefined;
  readonly records: number;
  readonly bytes: number;
}

/** The ledger does not keep the level of compression, and an earlier release may have used another. */
async function findLevel({ file, ...work }: Redelivery, signal: AbortSignal): Promise<Trial> {
  let [records, bytes] = [0, 0];
  for (const level of [compressionLevel, ...levels.filter(other => other !== compressionLevel)]) {
    const trial = packAgain({ ...work, file, level }, signal);
    for await (const _ of trial.body) signal.throwIfAborted();
    const figures = trial.figures();
    ({ records, bytes } = figures);
    if (figures.sha256 === file.sha256) return { level, records, bytes };
    if (figures.uncompressedBytes !== file.uncompressedBytes) break;
  }
  return { level: undefined, records, bytes };
}

const levels = [1, 2, 3, 4, 5, 6, 7, 8, 9];
