import type { S3Destination } from '../domain/account.ts';

/** Where every request of an upload goes. */
export function locationOf(
  { bucket, expectedBucketOwner }: S3Destination,
  { key }: { readonly key: string },
) {
  return { Bucket: bucket, Key: key, ExpectedBucketOwner: expectedBucketOwner };
}

/** How the object is encrypted: with the bucket's default unless the account names a key. */
export function encryptionOf({ kmsKeyId }: S3Destination) {
  return kmsKeyId === undefined ? {} : { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: kmsKeyId };
}
