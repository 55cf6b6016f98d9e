import type { KitFile, KitInput } from '../kit.ts';
import { awsPartition, placeholders } from './feed.ts';

const json = (path: string, value: unknown): KitFile => ({
  path,
  text: `${JSON.stringify(value, null, 2)}\n`,
});

/** The documents with which the customer lets the feed read, for the clouds where a command alone does not. */
export function accessFiles({ source, folder }: KitInput): readonly KitFile[] {
  if (source.type === 's3') {
    const bucket = `arn:${awsPartition(source.region)}:s3:::${source.bucket}`;
    return [
      json('access/trust-policy.json', {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Federated: 'accounts.google.com' },
            Action: 'sts:AssumeRoleWithWebIdentity',
            Condition: { StringEquals: { 'accounts.google.com:sub': placeholders.subject } },
          },
        ],
      }),
      json('access/read-policy.json', {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 's3:ListBucket',
            Resource: bucket,
            Condition: { StringLike: { 's3:prefix': `${folder}*` } },
          },
          { Effect: 'Allow', Action: 's3:GetObject', Resource: `${bucket}/${folder}*` },
        ],
      }),
    ];
  }
  if (source.type === 'azure') {
    return [
      json('access/federated-credential.json', {
        name: 'google-secops',
        issuer: 'https://accounts.google.com',
        subject: placeholders.subject,
        audiences: ['api://AzureADTokenExchange'],
      }),
    ];
  }
  return [];
}
