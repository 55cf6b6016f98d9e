import { type Compression, compression, type Format } from './format.ts';
import { type Instant, toCompact, toIso } from './instant.ts';

/** The facts that identify a delivered file in a bucket. */
export interface FileName {
  readonly accountId: string;
  readonly windowEnd: Instant;
  /** 1 for the first or only file of the window. */
  readonly part: number;
  readonly compression: Compression;
}

/** The longest name in bytes that common file systems can save. */
export const longestName = 255;

/** The base64url of the UTF-8 account id, without padding. */
export function encodeAccountId(accountId: string): string {
  return Buffer.from(accountId, 'utf8').toString('base64url');
}

/**
 * `[prefix/]audit/<account-encoded>/audit_<account-encoded>_<timestamp>[_<part>].zip`, `.json.gz` with gzip, `.json`
 * without compression.
 * The keys of an account sort by time. From part 10,000 on the suffix has more digits and no longer sorts by part.
 */
export function objectKey(prefix: string | undefined, file: FileName): string {
  return `${accountFolder(prefix, file.accountId)}${stem(file)}${fileSuffixes[file.compression]}`;
}

/** The end of a file's name. */
export const fileSuffixes: Record<Compression, string> = { zip: '.zip', gzip: '.json.gz', none: '.json' };

/** The folder of an account's files in the bucket, with a slash at its end: `[prefix/]audit/<account-encoded>/`. */
export function accountFolder(prefix: string | undefined, accountId: string): string {
  return `${prefix ? `${prefix}/` : ''}audit/${encodeAccountId(accountId)}/`;
}

/** The name of the one file inside a zip: the key's own, so that files unpacked into one folder do not replace each other. */
export function entryName(file: FileName): string {
  return `${stem(file)}.json`;
}

/** The account, window and part of a key; `undefined` if `objectKey` cannot have written it. */
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
    compression: compressionOf(suffix),
  };
  // A key that `objectKey` would write differently (part 0, 30 February, broken base64url) is not ours.
  return file.part >= 1 && objectKey(prefix, file) === key ? { ...file, prefix } : undefined;
}

/**
 * Base64url can contain `_`, so the file name alone does not tell where the id ends; the folder must have the same id.
 * A prefix may contain any character, also line separators.
 */
const keyPattern =
  /^(?:(?<prefix>.+)\/)?audit\/(?<encoded>[\w-]+)\/audit_\k<encoded>_(?<time>\d{8}T\d{6}Z)(?:_(?<part>\d{4,}))?(?<suffix>\.zip|\.json\.gz|\.json)$/s;

const compactTime = /^(....)(..)(..T..)(..)(..Z)$/;

/**
 * The media type of the object. Content-Encoding is never set, because servers and clients might then unpack the file.
 * Elastic's inputs refuse the registered `application/gzip`.
 */
export function contentType(format: Format, compression: Compression): string {
  if (compression === 'zip') return 'application/zip';
  if (compression === 'gzip') return 'application/x-gzip';
  return format === 'json' ? 'application/json' : 'application/x-ndjson';
}

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

function stem({ accountId, windowEnd, part }: FileName): string {
  const partSuffix = part === 1 ? '' : `_${String(part).padStart(4, '0')}`;
  return `audit_${encodeAccountId(accountId)}_${toCompact(windowEnd)}${partSuffix}`;
}

function compressionOf(suffix: string | undefined): Compression {
  const found = Object.entries(fileSuffixes).find(([, known]) => known === suffix)?.[0];
  return compression.parse(found);
}
