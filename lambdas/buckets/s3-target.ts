import type { S3Destination } from '../domain/account.ts';

/** The parameters that every request of an upload has. */
export function locationOf(
  { bucket, expectedBucketOwner }: S3Destination,
  { key }: { readonly key: string },
) {
  return { Bucket: bucket, Key: key, ExpectedBucketOwner: expectedBucketOwner };
}

/** The encryption parameters: those of the bucket's default unless the account record names a key. */
export function encryptionOf({ kmsKeyId }: S3Destination) {
  return kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKeyId };
}
