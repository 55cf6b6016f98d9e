import type { S3Destination } from '../domain/account.ts';
import { ExportError, type FailureCode, toExportError } from '../domain/failure.ts';
import {
  type AwsAnswer,
  answerOf,
  isNetworkTrouble,
  isServiceTrouble,
  printableCause,
} from './aws-answer.ts';
import { type Answer, exists, refused, unclear } from './bucket.ts';
import { cloudWords } from './cloud-words.ts';
import { describeDenial } from './s3-denial.ts';

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

/** Error codes that mean that the request's bytes did not arrive as sent. */
const damagedOnTheWay = new Set([
  'BadDigest',
  'IncompleteBody',
  'RequestTimeout',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
]);

/** Temporary errors: parallel conditional writes, an upload that someone else removed, a wrong clock. */
const passing = new Set([
  'ConditionalRequestConflict',
  'NoSuchUpload',
  'OperationAborted',
  'RequestTimeTooSkewed',
]);

/** The outcome for an error of the SDK in a request that creates the object. */
export function toS3Answer(thrown: unknown, destination: S3Destination): Answer {
  const answer = answerOf(thrown);
  if (saysThatItExists(answer)) return exists(cloudWords(answer.name, answer.explanation));
  const failure = toS3Failure(thrown, destination);
  return wroteNothing(answer) ? refused(failure) : unclear(failure);
}

/**
 * S3 names the condition that was not met. Compatible servers may not, but they use the same sentence. The status alone
 * is not enough: a proxy may send it, or S3 for another reason.
 */
function saysThatItExists({ status, name, condition, explanation = '' }: AwsAnswer): boolean {
  if (status !== 412 || name !== 'PreconditionFailed') return false;
  if (condition !== undefined) return condition === 'If-None-Match';
  return /pre-?conditions you specified did not hold/i.test(explanation);
}

function wroteNothing(answer: AwsAnswer): boolean {
  if (!answer.connected) return true;
  const { status, explanation } = answer;
  if (isNetworkTrouble(answer) || status === undefined) return false;
  // Either status may mean that the object exists, so without an explanation the outcome is unclear.
  if (status === 409 || status === 412) return explanation !== undefined;
  return status >= 300 && status < 500 && status !== 408;
}

/** The failure for an error of the SDK in a request to the bucket. */
export function toS3Failure(thrown: unknown, destination: S3Destination): ExportError {
  const answer = answerOf(thrown);
  const cause = printableCause(thrown);
  const code = codeOf(answer);
  if (code === undefined) return toExportError(cause);
  if (code === 'unreadable') return unreadableSuccess(destination, cause);
  return new ExportError(code, describe(code, answer, destination), { cause });
}

/**
 * The failure for a success without the fields that S3 always returns: a proxy answered, or the answer is incomplete.
 */
export function unreadableSuccess({ bucket }: S3Destination, cause?: Error): ExportError {
  const message = `The answer for the S3 bucket ${bucket} says success but cannot be read; a proxy may have sent it`;
  return new ExportError('destination_unavailable', message, { cause });
}

function codeOf(answer: AwsAnswer): FailureCode | 'unreadable' | undefined {
  const { name, status } = answer;
  if (isWithoutHost(answer)) return 'wrong_region';
  if (answer.silent) return 'no_answer';
  if (isNetworkTrouble(answer) || damagedOnTheWay.has(name) || status === 408) return 'network';
  if (status === undefined) return undefined;
  if (status < 300) return 'unreadable';
  if (isServiceTrouble(answer) || passing.has(name)) return 'destination_unavailable';
  if (rejectedCredential.has(name) || status === 401) return 'credentials_rejected';
  if (otherRegion.has(name) || status < 400) return 'wrong_region';
  if (name === 'NoSuchBucket') return 'bucket_missing';
  if ((status === 409 || status === 412) && answer.explanation === undefined)
    return 'destination_unavailable';
  return status === 403 ? 'access_denied' : 'destination_rejected';
}

/** In an existing region, S3's host name resolves for every bucket name. If it does not, the region is wrong. */
function isWithoutHost({ status, systemCode }: AwsAnswer): boolean {
  return status === undefined && systemCode === 'ENOTFOUND';
}

function describe(code: FailureCode, answer: AwsAnswer, destination: S3Destination): string {
  const bucket = `the S3 bucket ${destination.bucket}`;
  const { name, status, systemCode, region } = answer;
  const words = cloudWords(answer.explanation === undefined ? `HTTP ${status}` : name, answer.explanation);
  switch (code) {
    case 'network':
      return `The connection to ${bucket} in ${destination.region} failed (${systemCode ?? name})`;
    case 'no_answer':
      return `S3 did not answer in time for ${bucket} in ${destination.region} (${name})`;
    case 'destination_unavailable':
      return `S3 cannot take the object into ${bucket} now (${words})`;
    case 'credentials_rejected':
      return `S3 does not accept the credential for ${bucket} (${words}); put a valid access key into the account's secret, or repair the role`;
    case 'wrong_region':
      if (isWithoutHost(answer))
        return `S3 has no host for ${bucket} in ${destination.region} (ENOTFOUND): most likely there is no such region; correct the account record, unless host names of other regions do not resolve either`;
      return region === undefined
        ? `S3 says that ${bucket} is not in ${destination.region} (${words}); put its region into the account record`
        : `S3 says that ${bucket} is in ${region}, not in ${destination.region}; put that region into the account record`;
    case 'bucket_missing':
      return `There is no such bucket: ${bucket} in ${destination.region}; create it, or correct the account record`;
    case 'access_denied':
      return describeDenial(answer, words, destination);
    default:
      return name.startsWith('KMS.')
        ? `S3 cannot use the KMS key of ${bucket} (${words}); the key must be enabled and in ${destination.region}`
        : `S3 refuses the object for ${bucket} (${words})`;
  }
}
