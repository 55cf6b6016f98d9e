import type { Account, Destination } from './account.ts';
import { type AzureCloud, azureSuffixes, defaultAzureCloud } from './azure-cloud.ts';
import type { Compression, EmptyWindows, Format } from './format.ts';

/** The place of a file, without the means of access (region, role, key). Equal places mean the same object. */
export interface Place {
  readonly type: Destination['type'];
  /** The bucket, or Azure's container. */
  readonly bucket: string;
  readonly prefix?: string | undefined;
  /** The storage account of the container; only for Azure. */
  readonly storageAccount?: string | undefined;
  /** The sovereign cloud of the storage account; absent for Azure's public cloud. */
  readonly cloud?: AzureCloud | undefined;
}

/**
 * Everything, apart from the rows, that decides a file's bytes and key. It is written to the ledger before the upload,
 * and every retry reads it from there, so that a changed account record cannot lead to a second, different file.
 */
export interface Recipe {
  readonly place: Place;
  readonly format: Format;
  readonly compression: Compression;
  readonly emptyWindows: EmptyWindows;
  /** Only for the format `ocsf`: the version of its settings; see `mappingId`. */
  readonly mapping?: string | undefined;
  /**
   * A part ends before the row with which its lines would exceed this many bytes. The lines are those of `ndjson`, whatever
   * the format: a changed mapping must not move the end of a part.
   */
  readonly partBytes: number;
  /** zlib's scale, 1 (fast) to 9 (small); level 4 differs from zlib's (see `deflate.ts`). */
  readonly level: number;
}

/** The level of every new file. A file whose upload has begun keeps the level in the ledger. */
export const compressionLevel = 4;

/** The part of a recipe that is the same for every account of a stage. */
export type RecipeSettings = Pick<Recipe, 'partBytes' | 'level'> & { readonly mapping: string };

/** An OCSF event can have up to 31 times the bytes of its line of `ndjson`. With this limit the events fit into a zip. */
const largestOcsfPartBytes = 128 * 1024 * 1024;

export function recipeOf(account: Account, { partBytes, level, mapping }: RecipeSettings): Recipe {
  const { format, compression, emptyWindows } = account;
  const common = { place: placeOf(account.destination), format, compression, emptyWindows, level };
  const usual = usualPartBytes(format, partBytes);
  return { ...common, ...(format === 'ocsf' && { mapping }), partBytes: usual };
}

/** The size of a file in the format, for a stage's limit. */
export function usualPartBytes(format: Format, limit: number): number {
  return format === 'ocsf' ? Math.min(limit, largestOcsfPartBytes) : limit;
}

export function placeOf(destination: Destination): Place {
  const { type, prefix } = destination;
  if (type !== 'azure') return { type, bucket: destination.bucket, prefix };
  const { storageAccount, container, cloud = defaultAzureCloud } = destination;
  const sovereign = cloud === defaultAzureCloud ? undefined : cloud;
  return { type, storageAccount, cloud: sovereign, bucket: container, prefix };
}

/** A place as text: `s3://bucket/prefix`, `azure://account/container/prefix`. Different places have different texts. */
export function placeName({ type, storageAccount, cloud, bucket, prefix }: Place): string {
  // The name of a storage account has no dots, so the host name of a sovereign cloud cannot equal such a name.
  const account = cloud === undefined ? storageAccount : `${storageAccount}.blob.${azureSuffixes[cloud]}`;
  return `${type}://${[account, bucket, prefix].filter(part => part !== undefined).join('/')}`;
}
