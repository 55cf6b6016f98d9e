import type { S3Destination } from '../domain/account.ts';
import { partitionOf } from '../domain/aws-region.ts';
import { isAccessPointAlias } from '../domain/destination.ts';
import type { AwsAnswer } from './aws-answer.ts';

/** Patterns for the policy in S3's explanation: one that denies, or one that must allow in addition to the grant. */
const denying = /explicit deny(?: in an? ([\w -]*?policy|permissions boundary))?/i;
const notAllowing =
  /because no ((?:service control|resource control|VPC endpoint|session) policy|permissions boundary) allows/i;

/**
 * Explains a 403 of S3 and names a remedy. S3 explains a denial only to callers of the bucket's account or
 * organization. Without an explanation, a missing grant is the most likely cause.
 *
 * @param words the code and the explanation, without secrets
 */
export function describeDenial(
  { name, explanation = '' }: AwsAnswer,
  words: string,
  destination: S3Destination,
) {
  const denial = `S3 denies writing to the S3 bucket ${destination.bucket} (${words})`;
  // For example a closed or blocked account, where a grant does not help.
  if (name !== 'AccessDenied' && explanation !== '')
    return `${denial}; no permission is missing, the cause is what S3 says`;
  const [denied, denier = 'policy'] = denying.exec(explanation) ?? [];
  if (denied !== undefined)
    return `${denial}; a grant does not help: the ${denier} that denies it must make an exception`;
  const narrower = notAllowing.exec(explanation)?.[1];
  if (narrower !== undefined)
    return `${denial}; a grant alone does not help: the ${narrower} must allow it, too`;
  if (/\bkms:\w+/i.test(explanation))
    return `${denial}; grant kms:GenerateDataKey and kms:Decrypt, in the key's own policy as well`;
  return `${denial}; grant ${grants(destination)}${ownerNote(destination, explanation)}`;
}

function grants({ bucket, region, prefix, kmsKeyId }: S3Destination): string {
  const folder = prefix === undefined ? '' : `${prefix}/`;
  const put = isAccessPointAlias(bucket)
    ? `s3:PutObject on ${folder}audit/* of the access point, and of the bucket behind it`
    : `s3:PutObject on arn:${partitionOf(region)}:s3:::${bucket}/${folder}audit/*`;
  return kmsKeyId === undefined
    ? put
    : `${put}, and kms:GenerateDataKey and kms:Decrypt on the key ${kmsKeyId}`;
}

function ownerNote({ expectedBucketOwner }: S3Destination, explanation: string): string {
  // S3 gives the same answer, without an explanation, if the bucket's owner is not the expected one.
  if (expectedBucketOwner === undefined || /not authorized to perform/i.test(explanation)) return '';
  return `; S3 answers the same if the bucket does not belong to the account ${expectedBucketOwner}`;
}
