import type {
  AzureDestination,
  Destination,
  GcsDestination,
  S3Destination,
} from '../../../lambdas/domain/account.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';

/** What is known beside the destination. */
export interface GrantOptions {
  readonly credential?: Credential | undefined;
  readonly exporterRoleArn?: string | undefined;
}

/** What the customer has to set up so that the export may write: least privilege, ready to be passed on. */
export function customerGrant(destination: Destination, options: GrantOptions): string {
  const { credential } = options;
  switch (destination.type) {
    case 's3': {
      const write = `permissions: ${writePolicy(destination)}`;
      return destination.roleArn === undefined ? write : `${trust(destination, options)}\n${write}`;
    }
    case 'gcs':
      return bindingCommand(destination, credential);
    case 'azure':
      return sasCommand(destination);
  }
}

/** Lets a service account create objects, and nothing else. */
export function bindingCommand({ bucket }: GcsDestination, credential: Credential | undefined): string {
  return `gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=serviceAccount:${serviceAccount(credential)} --role=roles/storage.objectCreator`;
}

/** Issues a SAS that may create and write, and nothing else. */
export function sasCommand({ storageAccount, container }: AzureDestination): string {
  return `az storage container generate-sas --account-name ${storageAccount} --name ${container} --permissions cw --https-only --expiry <date>`;
}

export function trust({ externalId }: S3Destination, { exporterRoleArn }: GrantOptions): string {
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: exporterRoleArn ?? '<ExporterRoleArn>' },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'sts:ExternalId': externalId } },
  };
  return `trust policy: ${policy(statement)}`;
}

export function writePolicy({ bucket, prefix, kmsKeyId }: S3Destination): string {
  const folder = prefix === undefined ? '' : `${prefix}/`;
  const write = {
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:AbortMultipartUpload'],
    Resource: `arn:aws:s3:::${bucket}/${folder}audit/*`,
  };
  const encrypt = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: kmsKeyId };
  return kmsKeyId === undefined ? policy(write) : policy(write, encrypt);
}

export function serviceAccount(credential: Credential | undefined): string {
  return credential?.type === 'gcs' ? credential.clientEmail : '<service account>';
}

function policy(...Statement: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
