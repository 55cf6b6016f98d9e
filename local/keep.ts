import type { LocalCloud } from './local-cloud.ts';
import { sampleRegion } from './sample/accounts.ts';

/** The addresses of the servers and the credentials for them. */
export function describeServers({ aws, clouds, environment, resources }: LocalCloud): string {
  const { s3, azure, gcs } = clouds.credentials;
  const variables = Object.entries(aws.environment).map(([name, value]) => `  export ${name}=${value}`);
  return [
    '',
    'The servers run until Ctrl-C. For any AWS SDK or the AWS command line:',
    ...variables,
    `  tables: ${environment.accountsTable}, ${environment.auditLog.tableName}, ${environment.ledgerTable}`,
    `  queue: ${resources.exportQueue.url}`,
    'The customers’ clouds:',
    // The region above is that of AWS's services: a bucket refuses requests that are signed for it.
    `  Amazon S3             ${clouds.s3.endpoint} (path style), AWS_REGION=${sampleRegion}, access key ${s3.accessKeyId}, secret ${s3.secretAccessKey}`,
    `  Google Cloud Storage  ${clouds.gcs.endpoint}, service account ${gcs.clientEmail}`,
    `  Azure Blob Storage    ${clouds.azure.endpoint}, account ${azure.accountName}, key ${azure.accountKey}`,
  ].join('\n');
}
