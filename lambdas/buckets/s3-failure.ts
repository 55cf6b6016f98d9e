import type { S3Destination } from '../domain/account.ts';
import { ExportError, type FailureCode, toExportError } from '../domain/failure.ts';
import {
  type AwsAnswer,
  answerOf,
  isNetworkTrouble,
  isServiceTrouble,
  printableCause,
} from './aws-answer.ts';

const rejectedCredential = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'InvalidToken',
  'NotSignedUp',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);

const otherRegion = new Set([
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'IncorrectEndpoint',
  'PermanentRedirect',
  'Redirect',
  'TemporaryRedirect',
]);

/** Answers of S3 that say that the request's bytes did not arrive as they were sent. */
const damagedOnTheWay = new Set([
  'BadDigest',
  'IncompleteBody',
  'RequestTimeout',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
]);

/** Answers that time heals: two conditional writes at once, an upload that somebody else cleared away, a clock. */
const passing = new Set([
  'ConditionalRequestConflict',
  'NoSuchUpload',
  'OperationAborted',
  'RequestTimeTooSkewed',
]);

/**
 * What the SDK threw at a request to the bucket, as the named error.
 * @param unclear true if the request creates the object and was sent before without a clear answer
 */
export function toS3Failure(thrown: unknown, destination: S3Destination, unclear: boolean): ExportError {
  const answer = answerOf(thrown);
  const code = codeOf(answer);
  if (code === undefined) return toExportError(printableCause(thrown));
  return new ExportError(code, describe(code, answer, destination), {
    cause: printableCause(thrown),
    unclear,
  });
}

function codeOf(answer: AwsAnswer): FailureCode | undefined {
  const { name, status } = answer;
  if (isNetworkTrouble(answer) || damagedOnTheWay.has(name) || status === 408) return 'network';
  if (status === undefined) return undefined;
  if (isServiceTrouble(answer) || passing.has(name)) return 'destination_unavailable';
  if (rejectedCredential.has(name) || status === 401) return 'credentials_rejected';
  if (otherRegion.has(name) || (status >= 300 && status < 400)) return 'wrong_region';
  if (name === 'NoSuchBucket') return 'bucket_missing';
  return status === 403 ? 'access_denied' : 'destination_rejected';
}

function describe(code: FailureCode, { name, region }: AwsAnswer, destination: S3Destination): string {
  const bucket = `the S3 bucket ${destination.bucket}`;
  switch (code) {
    case 'network':
      return `The connection to ${bucket} in ${destination.region} failed (${name})`;
    case 'destination_unavailable':
      return `S3 cannot take the object into ${bucket} now (${name})`;
    case 'credentials_rejected':
      return `S3 does not accept the credential for ${bucket} (${name}); put a valid access key into the account's secret, or repair the role`;
    case 'wrong_region':
      return region === undefined
        ? `S3 says that ${bucket} is not in ${destination.region}; put its region into the account record`
        : `S3 says that ${bucket} is in ${region}, not in ${destination.region}; put that region into the account record`;
    case 'bucket_missing':
      return `There is no such bucket: ${bucket} in ${destination.region}; create it, or correct the account record`;
    case 'access_denied':
      return describeDenial(bucket, destination);
    default:
      return name.startsWith('KMS.')
        ? `S3 cannot use the KMS key of ${bucket} (${name}); the key must be enabled and in ${destination.region}`
        : `S3 refuses the object for ${bucket} (${name})`;
  }
}

function describeDenial(
  bucket: string,
  { bucket: name, prefix, expectedBucketOwner, kmsKeyId }: S3Destination,
) {
  const folder = prefix === undefined ? '' : `${prefix}/`;
  const grants = [`s3:PutObject on arn:aws:s3:::${name}/${folder}audit/*`];
  if (kmsKeyId !== undefined) grants.push(`kms:GenerateDataKey and kms:Decrypt on the key ${kmsKeyId}`);
  const owner =
    expectedBucketOwner === undefined
      ? ''
      : `; S3 answers the same if the bucket does not belong to the account ${expectedBucketOwner}`;
  return `S3 denies writing to ${bucket}; grant ${grants.join(', and ')}${owner}`;
}
