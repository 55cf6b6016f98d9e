import type { Destination, S3Destination } from '../domain/account.ts';
import { expectedOwnerOf } from '../domain/destination.ts';
import { ExportError } from '../domain/failure.ts';
import type { Credential, S3Credential } from '../domain/secret.ts';
import type { Bucket } from './bucket.ts';

/** Servers in place of the clouds' own: set in local mode and tests only. */
export interface Endpoints {
  readonly s3?: string | undefined;
  readonly sts?: string | undefined;
  readonly gcs?: string | undefined;
  readonly azure?: string | undefined;
}

export interface ExporterIdentity {
  /**
   * The stage's own region, in which the Security Token Service is asked for a customer's role. A bucket's region may be
   * one that our AWS account has not enabled, and may not be asked from elsewhere: whoever asked there would learn
   * nothing of what the exporter gets.
   */
  readonly region: string;
  /** Default: that of the function, or of the process, that runs here. Asked for only where there is a role. */
  readonly credential?: (() => Promise<Omit<S3Credential, 'type'>>) | undefined;
}

export interface BucketOpening {
  readonly destination: Destination;
  /** The destination's own kind; not needed for an S3 destination with a role. */
  readonly credential: Credential | undefined;
  readonly endpoints: Endpoints;
  /** Names the export in the CloudTrail of a customer whose role is assumed. */
  readonly sessionName: string;
  /** Milliseconds that a request may go without a byte in either direction. Default 30,000. */
  readonly silenceMs?: number | undefined;
  /** Bytes of the pieces that a large object goes in, a multiple of 256 KiB; the largest object that goes at once. Default: the driver's. */
  readonly pieceBytes?: number | undefined;
  /** Who assumes a customer's role. */
  readonly exporter: ExporterIdentity;
  /** Ends the assuming of a role early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * The destination's bucket, ready to be written. Loads the SDK of that cloud only, and assumes the role if one is named.
 *
 * @throws ExportError `secret_invalid` if the credential is missing or of another cloud, and whatever assuming a role throws
 */
export async function openBucket(opening: BucketOpening): Promise<Bucket> {
  const { destination, credential, endpoints, silenceMs, pieceBytes } = opening;
  switch (destination.type) {
    case 's3': {
      const { createS3Bucket } = await import('./s3.ts');
      const granted = await grantedCredential(destination, opening);
      return createS3Bucket({
        destination: { ...destination, expectedBucketOwner: expectedOwnerOf(destination) },
        credential: granted,
        endpoint: endpoints.s3,
        silenceMs,
        partSize: pieceBytes,
      });
    }
    case 'gcs': {
      if (credential?.type !== 'gcs') throw mismatch(destination.bucket, destination, credential);
      const { createGcsBucket } = await import('./gcs.ts');
      return createGcsBucket({
        destination,
        credential,
        endpoint: endpoints.gcs,
        silenceMs,
        chunkSize: pieceBytes,
      });
    }
    case 'azure': {
      if (credential?.type !== 'azure') throw mismatch(destination.container, destination, credential);
      const { createAzureBucket } = await import('./azure.ts');
      return createAzureBucket({
        destination,
        credential,
        endpoint: endpoints.azure,
        silenceMs,
        blockSize: pieceBytes,
      });
    }
  }
}

async function grantedCredential(
  destination: S3Destination,
  { credential, endpoints, sessionName, exporter, silenceMs, signal }: BucketOpening,
): Promise<S3Credential> {
  const { roleArn, externalId, bucket } = destination;
  if (roleArn === undefined) {
    if (credential?.type !== 's3') throw mismatch(bucket, destination, credential);
    return credential;
  }
  if (externalId === undefined)
    throw new ExportError('account_invalid', `The role for the S3 bucket ${bucket} has no external id`);
  const { assumeRole } = await import('./assume-role.ts');
  const { region } = exporter;
  const own = await exporter.credential?.();
  return assumeRole(
    { roleArn, externalId, bucket, sessionName, region, endpoint: endpoints.sts, credential: own, silenceMs },
    signal,
  );
}

function mismatch(bucket: string, { type }: Destination, credential: Credential | undefined): ExportError {
  const found = credential === undefined ? 'no credential' : `a credential of the kind ${credential.type}`;
  return new ExportError('secret_invalid', `The bucket ${bucket} (${type}) was to be opened with ${found}`);
}
