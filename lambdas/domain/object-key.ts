import type { Compression, Format } from './format.ts';
import { type Instant, toCompact, toIso } from './instant.ts';

/** What identifies one delivered file among all of a bucket. */
export interface FileName {
  readonly accountId: string;
  readonly windowEnd: Instant;
  /** 1 for the first or only file of the window. */
  readonly part: number;
  readonly compression: Compression;
}

/** The base64url of the UTF-8 account id, without padding. */
export function encodeAccountId(accountId: string): string {
  return Buffer.from(accountId, 'utf8').toString('base64url');
}

/**
 * `[prefix/]audit/<account-encoded>/audit_<account-encoded>_<timestamp>[_<part>].zip`, `.json.gz` with gzip.
 * Keys of one account sort in the order of time; from part 10,000 on the suffix grows and sorts after the others.
 */
export function objectKey(prefix: string | undefined, file: FileName): string {
  const encoded = encodeAccountId(file.accountId);
  const suffix = file.compression === 'zip' ? '.zip' : '.json.gz';
  const folder = prefix ? `${prefix}/audit` : 'audit';
  return `${folder}/${encoded}/${stem(file)}${partSuffix(file.part)}${suffix}`;
}

/** The name of the one file inside a zip. */
export function entryName(file: FileName): string {
  return `${stem(file)}.json`;
}

/** The account, window and part that a key stands for; `undefined` if it is not a key of ours. */
export function parseObjectKey(
  key: string,
): (FileName & { readonly prefix: string | undefined }) | undefined {
  const { prefix, encoded, time, part = '1', suffix } = keyPattern.exec(key)?.groups ?? {};
  if (encoded === undefined || time === undefined) return undefined;
  const windowEnd = Date.parse(time.replace(compactTime, '$1-$2-$3:$4:$5'));
  if (Number.isNaN(windowEnd)) return undefined;
  const file: FileName = {
    accountId: Buffer.from(encoded, 'base64url').toString('utf8'),
    windowEnd,
    part: Number(part),
    compression: suffix === '.zip' ? 'zip' : 'gzip',
  };
  // What does not come back the same (part 0, a 30th of February, broken base64url) was not written by `objectKey`.
  return file.part >= 1 && objectKey(prefix, file) === key ? { ...file, prefix } : undefined;
}

/**
 * Base64url holds `_` itself, so the name alone would leave open where the id ends; the folder, which must be the same,
 * says it. A prefix may hold any character, line separators included.
 */
const keyPattern =
  /^(?:(?<prefix>.+)\/)?audit\/(?<encoded>[\w-]+)\/audit_\k<encoded>_(?<time>\d{8}T\d{6}Z)(?:_(?<part>\d{4,}))?(?<suffix>\.zip|\.json\.gz)$/s;

const compactTime = /^(....)(..)(..T..)(..)(..Z)$/;

/** The media type of the object itself; Content-Encoding is never set, so no server unpacks it on the way. */
export const contentTypes: Record<Compression, string> = { zip: 'application/zip', gzip: 'application/gzip' };

export function objectMetadata(
  file: FileName,
  windowStart: Instant,
  format: Format,
  writerVersion: string,
): Record<string, string> {
  return {
    windowstart: toIso(windowStart),
    windowend: toIso(file.windowEnd),
    part: String(file.part),
    format,
    writerversion: writerVersion,
  };
}

function stem({ accountId, windowEnd }: FileName): string {
  return `audit_${encodeAccountId(accountId)}_${toCompact(windowEnd)}`;
}

function partSuffix(part: number): string {
  return part === 1 ? '' : `_${String(part).padStart(4, '0')}`;
}
