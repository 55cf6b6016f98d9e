import type { KitInput } from '../kit.ts';
import { bucketOf } from './log-source.ts';

/** What the IAM user or role that QRadar uses may do: list the account's folder and read its files. */
export function iamPolicy(input: KitInput): object {
  const { bucket, region } = bucketOf(input);
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  const anyFile = `${escaped(input.folder)}*`;
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 's3:ListBucket',
        Resource: arn,
        Condition: { StringLike: { 's3:prefix': anyFile } },
      },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `${arn}/${anyFile}` },
    ],
  };
}

/** A prefix may have characters that IAM takes for wildcards or variables. */
function escaped(text: string): string {
  return text.replaceAll(/[*?$]/g, character => `\${${character}}`);
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
