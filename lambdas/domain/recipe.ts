import type { Account, Destination } from './account.ts';
import { type AzureCloud, azureSuffixes, defaultAzureCloud } from './azure-cloud.ts';
import type { Compression, Format } from './format.ts';

/** Where a file goes, without how to get there (region, role, key): two records with one place mean one object. */
export interface Place {
  readonly type: Destination['type'];
  /** The bucket, or Azure's container. */
  readonly bucket: string;
  readonly prefix?: string | undefined;
  /** Azure's storage account: each has containers of its own. */
  readonly storageAccount?: string | undefined;
  /** The sovereign cloud of the storage account; absent for Azure itself. Each cloud has accounts of its own. */
  readonly cloud?: AzureCloud | undefined;
}

/**
 * Everything beside the rows that decides a file's bytes and its key. Written to the ledger before the upload and
 * read from there by every retry, so that a changed account record cannot make a second, different file.
 */
export interface Recipe {
  readonly place: Place;
  readonly format: Format;
  readonly compression: Compression;
  /** A part ends before the row with which its lines, uncompressed, would exceed this many bytes. */
  readonly partBytes: number;
  /** 1 (fast) to 9 (small), as zlib counts; 4 is a mixture of our own (`deflate.ts`). */
  readonly level: number;
}

/** The level of every new file; the ledger keeps that of a file whose upload has begun. */
export const compressionLevel = 4;

/** What of a recipe is the same for every account. */
export type PartLimits = Pick<Recipe, 'partBytes' | 'level'>;

export function recipeOf(account: Account, { partBytes, level }: PartLimits): Recipe {
  const { format, compression } = account;
  return { place: placeOf(account.destination), format, compression, partBytes, level };
}

export function placeOf(destination: Destination): Place {
  const { type, prefix } = destination;
  if (type !== 'azure') return { type, bucket: destination.bucket, prefix };
  const { storageAccount, container, cloud = defaultAzureCloud } = destination;
  const sovereign = cloud === defaultAzureCloud ? undefined : cloud;
  return { type, storageAccount, cloud: sovereign, bucket: container, prefix };
}

/** The place as one text, equal for equal places: `s3://bucket/prefix`, `azure://account/container/prefix`. */
export function placeName({ type, storageAccount, cloud, bucket, prefix }: Place): string {
  // The name of a storage account has no dots, so a host is never taken for another account of Azure itself.
  const account = cloud === undefined ? storageAccount : `${storageAccount}.blob.${azureSuffixes[cloud]}`;
  return `${type}://${[account, bucket, prefix].filter(part => part !== undefined).join('/')}`;
}
