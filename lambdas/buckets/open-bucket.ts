import type { Destination, S3Destination } from '../domain/account.ts';
import { expectedOwnerOf } from '../domain/destination.ts';
import { ExportError } from '../domain/failure.ts';
import type { Credential, S3Credential } from '../domain/secret.ts';
import type { Bucket } from './bucket.ts';

/** Servers in place of the clouds' own; set only in local mode and tests. */
export interface Endpoints {
  readonly s3?: string | undefined;
  readonly sts?: string | undefined;
  readonly gcs?: string | undefined;
  readonly azure?: string | undefined;
}

export interface ExporterIdentity {
  /**
   * The stage's region. The Security Token Service is called there and not in the bucket's region, which our AWS
   * account may not have enabled.
   */
  readonly region: string;
  /** Our own credential; called only if a role must be assumed. Default: the credential of this process. */
  readonly credential?: (() => Promise<Omit<S3Credential, 'type'>>) | undefined;
}

export interface BucketOpening {
  readonly destination: Destination;
  /** A credential for the destination's cloud; not needed for an S3 destination with a role. */
  readonly credential: Credential | undefined;
  readonly endpoints: Endpoints;
  /** The name of the export in the customer's CloudTrail, if a role is assumed. */
  readonly sessionName: string;
  /** A request fails after this time without a byte in either direction, in milliseconds. Default 30,000. */
  readonly silenceMs?: number | undefined;
  /**
   * The bytes of a piece, a multiple of 256 KiB. A larger object is uploaded in pieces, a smaller
   * one with one request. Default: the driver's.
   */
  readonly pieceBytes?: number | undefined;
  /** The identity that assumes a customer's role. */
  readonly exporter: ExporterIdentity;
  /** Aborts the request for a role. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens the destination's bucket for writing. Loads only the SDK of that cloud, and assumes the role if there is one.
 *
 * @throws ExportError `secret_invalid` if the credential is missing or of another cloud, or what `assumeRole` throws
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
  return new ExportError('secret_invalid', `The bucket ${bucket} (${type}) cannot be opened with ${found}`);
}
