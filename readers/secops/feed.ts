import type { KitInput, Source } from '../kit.ts';
import { logType } from './names.ts';

/** What only the customer knows. The steps of the README say where each comes from. */
export const placeholders = {
  instance: 'projects/REPLACE_WITH_PROJECT/locations/REPLACE_WITH_LOCATION/instances/REPLACE_WITH_INSTANCE',
  subject: 'REPLACE_WITH_SUBJECT_ID',
  awsAccount: 'REPLACE_WITH_AWS_ACCOUNT_ID',
  azureClient: 'REPLACE_WITH_CLIENT_ID',
  azureTenant: 'REPLACE_WITH_TENANT_ID',
} as const;

export const awsRole = 'siem-export-secops';

/**
 * The body of `POST …/feeds` of the Chronicle API, version 1 (its schema is `google/cloud/chronicle/v1/feed.proto`).
 * It has no secret: Google's own identity is trusted in AWS and Azure.
 */
export function feed({ source, folder, product }: KitInput): string {
  return `${JSON.stringify(
    {
      displayName: `${product.name} audit log`,
      details: {
        logType: `${placeholders.instance}/logTypes/${logType(product)}`,
        ...settings(source, folder),
      },
    },
    null,
    2,
  )}\n`;
}

/** Sources of "V2" use Storage Transfer Service, which takes the identities below. A folder ends with a slash. */
function settings(source: Source, folder: string) {
  const sourceDeletionOption = 'NEVER';
  switch (source.type) {
    case 's3':
      return {
        feedSourceType: 'AMAZON_S3_V2',
        amazonS3V2Settings: {
          s3Uri: `s3://${source.bucket}/${folder}`,
          sourceDeletionOption,
          authentication: {
            awsIamRoleAuth: {
              awsIamRoleArn: `arn:${awsPartition(source.region)}:iam::${placeholders.awsAccount}:role/${awsRole}`,
              subjectId: placeholders.subject,
            },
          },
        },
      };
    case 'gcs':
      return {
        feedSourceType: 'GOOGLE_CLOUD_STORAGE_V2',
        gcsV2Settings: { bucketUri: `gs://${source.bucket}/${folder}`, sourceDeletionOption },
      };
    case 'azure':
      return {
        feedSourceType: 'AZURE_BLOBSTORE_V2',
        azureBlobStoreV2Settings: {
          azureUri: `https://${source.host}/${source.container}/${folder}`,
          sourceDeletionOption,
          authentication: {
            azureV2WorkloadIdentityFederation: {
              clientId: placeholders.azureClient,
              tenantId: placeholders.azureTenant,
              subjectId: placeholders.subject,
            },
          },
        },
      };
  }
}

export function awsPartition(region: string): string {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}
