import type { S3Destination } from '../../../lambdas/domain/account.ts';
import { partitionOf, readArn } from '../../../lambdas/domain/aws-region.ts';
import { expectedOwnerOf, isAccessPointAlias } from '../../../lambdas/domain/destination.ts';

/** Placeholder in a policy for a name that only the customer knows. */
const accessPoint = '<name of the access point>';

/**
 * The trust policy that lets the exporter’s role assume the customer’s role, with the external id only. A condition
 * names the role, not the principal: IAM would store the principal’s unique id, and a role that was deleted and
 * created again has a new one.
 */
export function trust(
  { externalId }: S3Destination,
  exporterRoleArn: string = 'arn:aws:iam::<vendor account>:role/<name of the exporter’s role>',
): string {
  return `trust policy: ${policy({
    Effect: 'Allow',
    Principal: { AWS: exporterRoleArn.replace(/:role\/.*$/, ':root') },
    Action: 'sts:AssumeRole',
    Condition: {
      StringEquals: { 'sts:ExternalId': externalId },
      ArnEquals: { 'aws:PrincipalArn': exporterRoleArn },
    },
  })}`;
}

/** The policy that allows creating files in the account’s folder, encrypted with its key, and nothing else. */
export function writePolicy(destination: S3Destination): string {
  const { kmsKeyId } = destination;
  const write = {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
    Resource: objectsArn(destination),
  };
  // The AWS managed key of an account needs no permission.
  if (kmsKeyId === undefined || /(^|:)alias\/aws\//.test(kmsKeyId)) return policy(write);
  return policy(write, {
    Effect: 'Allow',
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    ...keyOf(destination, kmsKeyId),
  });
}

/** What the customer has to know besides the policies. */
export function grantNotes(destination: S3Destination, exporterRoleArn: string | undefined): string[] {
  const { bucket, region, kmsKeyId, roleArn } = destination;
  const notes: string[] = [];
  if (isAccessPointAlias(bucket))
    notes.push(
      `${bucket} is the alias of an access point, which cannot be used in a policy: replace ${accessPoint} with its name. The bucket policy, and the policy of the access point if it has one, have to allow the same`,
    );
  const ours = readArn(exporterRoleArn)?.partition;
  if (roleArn !== undefined && ours !== undefined && ours !== partitionOf(region))
    notes.push(
      `a role of ${ours} cannot assume a role of ${partitionOf(region)}: use the access key of a user instead of a role`,
    );
  const key = readArn(kmsKeyId);
  const writer = readArn(roleArn)?.account;
  if (key !== undefined && key.account !== writer)
    notes.push(
      `the key is in the AWS account ${key.account}: ${writer === undefined ? 'if the user is in another one, ' : ''}the key policy has to allow the same to ${roleArn ?? 'that user'}`,
    );
  if (kmsKeyId !== undefined && key === undefined)
    notes.push(
      `S3 looks for the key in the AWS account of ${roleArn === undefined ? 'the user' : 'the role'} and in ${region}: name a key in another AWS account by its ARN`,
    );
  return notes;
}

/** The account’s objects, as the resource of a policy. */
function objectsArn(destination: S3Destination): string {
  const { bucket, region, prefix } = destination;
  const partition = partitionOf(region);
  const objects = `${prefix === undefined ? '' : `${literal(prefix)}/`}audit/*`;
  if (!isAccessPointAlias(bucket)) return `arn:${partition}:s3:::${bucket}/${objects}`;
  const owner = expectedOwnerOf(destination) ?? '*';
  return `arn:${partition}:s3:${region}:${owner}:accesspoint/${accessPoint}/object/${objects}`;
}

/** A policy has to name a KMS key by its ARN: an alias would mean the alias itself, and a bare id is refused. */
function keyOf({ region, roleArn }: S3Destination, kmsKeyId: string) {
  const arn = readArn(kmsKeyId);
  const account = arn?.account || readArn(roleArn)?.account || '*';
  const keys = `arn:${partitionOf(region)}:kms:${region}:${account}:key/`;
  const alias = /(?:^|:)(alias\/.+)$/.exec(kmsKeyId)?.[1];
  if (alias !== undefined)
    return {
      Resource: `${keys}*`,
      Condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': alias } },
    };
  return { Resource: arn === undefined ? `${keys}${kmsKeyId.replace(/^key\//, '')}` : kmsKeyId };
}

/** Escapes the characters that are special in a policy. */
function literal(text: string): string {
  return text.replaceAll(/[$*?]/g, character => `\${${character}}`);
}

function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
