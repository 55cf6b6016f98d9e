import { fileSuffixes } from '../../lambdas/domain/object-key.ts';
import type { KitInput } from '../kit.ts';

/** Whom the bucket tells of a new file: the ARN of a queue or of a Lambda function, or its placeholder. */
export type Told = { readonly QueueArn: string } | { readonly LambdaFunctionArn: string };

/**
 * The bucket's notifications of the account's files, for `aws s3api put-bucket-notification-configuration`. CloudFormation
 * cannot add them to a bucket that exists already. Other objects, such as those that `verify` writes, have other names.
 */
export function bucketNotification(
  { folder, compression }: Pick<KitInput, 'folder' | 'compression'>,
  told: Told,
  id: string,
): object {
  const configuration = {
    Id: id,
    ...told,
    Events: ['s3:ObjectCreated:*'],
    Filter: {
      Key: {
        FilterRules: [
          { Name: 'prefix', Value: inFilter(`${folder}audit_`) },
          { Name: 'suffix', Value: fileSuffixes[compression] },
        ],
      },
    },
  };
  return 'QueueArn' in told
    ? { QueueConfigurations: [configuration] }
    : { LambdaFunctionConfigurations: [configuration] };
}

/** S3 takes the value of a filter percent-encoded, with a plus sign for a space. */
function inFilter(prefix: string): string {
  return prefix.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
}
