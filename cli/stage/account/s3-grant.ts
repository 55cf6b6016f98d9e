import type { S3Destination } from '../../../lambdas/domain/account.ts';
import { partitionOf, readArn } from '../../../lambdas/domain/aws-region.ts';
import { expectedOwnerOf, isAccessPointAlias } from '../../../lambdas/domain/destination.ts';

/** What a policy's text has where it needs a name that nobody but the customer knows. */
const accessPoint = '<name of the access point>';

/**
 * Lets the exporter's role, and with the external id only, assume the customer's. The role is named in a condition: in
 * place of a principal IAM stores the unique id of the role, and one that was made anew by the same name is another one.
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

/** Lets files be created in the account's folder, and encrypted with its key, and nothing else. */
export function writePolicy(destination: S3Destination): string {
  const { kmsKeyId } = destination;
  const write = {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
    Resource: objectsArn(destination),
  };
  // The key that Amazon makes for an account needs no permission.
  if (kmsKeyId === undefined || /(^|:)alias\/aws\//.test(kmsKeyId)) return policy(write);
  return policy(write, {
    Effect: 'Allow',
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    ...keyOf(destination, kmsKeyId),
  });
}

/** What has to be known beside the policies. */
export function grantNotes(destination: S3Destination, exporterRoleArn: string | undefined): string[] {
  const { bucket, region, kmsKeyId, roleArn } = destination;
  const notes: string[] = [];
  if (isAccessPointAlias(bucket))
    notes.push(
      `${bucket} is the alias of an access point, which no policy takes: put its name for ${accessPoint}; the bucket behind it, and the access point's own policy if it has one, have to allow the same`,
    );
  const ours = readArn(exporterRoleArn)?.partition;
  if (roleArn !== undefined && ours !== undefined && ours !== partitionOf(region))
    notes.push(
      `AWS lets no role of ${ours} assume one of ${partitionOf(region)}: the customer makes an access key of a user in place of the role`,
    );
  const key = readArn(kmsKeyId);
  const writer = readArn(roleArn)?.account;
  if (key !== undefined && key.account !== writer)
    notes.push(
      `the key is of the account ${key.account}: ${writer === undefined ? 'if the user is of another one, ' : ''}its own policy has to allow the same to ${roleArn ?? 'that user'}`,
    );
  if (kmsKeyId !== undefined && key === undefined)
    notes.push(
      `S3 looks for the key in the account of ${roleArn === undefined ? 'the user' : 'the role'} and in ${region}: a key of another account is named by its ARN`,
    );
  return notes;
}

/** The bucket's objects of the account, as a policy names them. */
function objectsArn(destination: S3Destination): string {
  const { bucket, region, prefix } = destination;
  const partition = partitionOf(region);
  const objects = `${prefix === undefined ? '' : `${literal(prefix)}/`}audit/*`;
  if (!isAccessPointAlias(bucket)) return `arn:${partition}:s3:::${bucket}/${objects}`;
  const owner = expectedOwnerOf(destination) ?? '*';
  return `arn:${partition}:s3:${region}:${owner}:accesspoint/${accessPoint}/object/${objects}`;
}

/** A policy names keys by their ARN only. An alias in its place would mean the alias itself, and a bare id is refused. */
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

/** A text in which nothing stands for anything else to a policy. */
function literal(text: string): string {
  return text.replaceAll(/[$*?]/g, character => `\${${character}}`);
}

function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
