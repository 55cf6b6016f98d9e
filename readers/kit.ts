import type { Destination } from '../lambdas/domain/account.ts';
import type { Actions } from '../lambdas/domain/actions.ts';
import { azureSuffixes, defaultAzureCloud } from '../lambdas/domain/azure-cloud.ts';
import type { Compression } from '../lambdas/domain/format.ts';

/** The SaaS product whose audit log is exported. */
export interface Product {
  readonly name: string;
  readonly vendor: string;
}

/** The bucket or container that the reader reads. */
export type Source =
  | { readonly type: 's3'; readonly bucket: string; readonly region: string }
  | { readonly type: 'gcs'; readonly bucket: string }
  | {
      readonly type: 'azure';
      readonly storageAccount: string;
      readonly container: string;
      /** The host of the storage account, such as `acme.blob.core.windows.net`. */
      readonly host: string;
    };

/** The source of an account's destination. */
export function sourceOf(destination: Destination): Source {
  switch (destination.type) {
    case 's3':
      return { type: 's3', bucket: destination.bucket, region: destination.region };
    case 'gcs':
      return { type: 'gcs', bucket: destination.bucket };
    case 'azure': {
      const { storageAccount, container, cloud = defaultAzureCloud } = destination;
      const host = `${storageAccount}.blob.${azureSuffixes[cloud]}`;
      return { type: 'azure', storageAccount, container, host };
    }
  }
}

/** Everything that a kit is made from. It has no secret, so a kit has none. */
export interface KitInput {
  readonly accountId: string;
  readonly source: Source;
  /** The folder of the account's files in the bucket, with a slash at its end: `[prefix/]audit/<account-encoded>/`. */
  readonly folder: string;
  readonly compression: Compression;
  readonly product: Product;
  readonly actions: Actions;
}

/** A file that the customer's team applies. */
export interface KitFile {
  /** Relative to the kit's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}

export type Kit = readonly KitFile[];

/** Each folder of `readers/` has a module `kit.ts` that exports this function as `createKit`. */
export type CreateKit = (input: KitInput) => Kit;
