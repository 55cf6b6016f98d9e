import { isDeepStrictEqual } from 'node:util';
import type { Kit, KitInput } from '../../kit.ts';

/** Which documents do not give the feed the right to list and read the account's folder, and no more. */
export function faultsOfAccess(kit: Kit, input: KitInput): string[] {
  const expected = documentsFor(input);
  const actual = kit.filter(({ path }) => path.startsWith('access/'));
  if (actual.map(({ path }) => path).join() !== Object.keys(expected).join()) return ['access/: other files'];
  return actual
    .filter(({ path, text }) => !isDeepStrictEqual(JSON.parse(text), expected[path]))
    .map(({ path }) => `${path}: unknown settings or values`);
}

function documentsFor({ source, folder }: KitInput): Record<string, unknown> {
  switch (source.type) {
    case 's3':
      return {
        // Storage Transfer Service signs in with a token of Google's, whose subject is the feed's own service account.
        'access/trust-policy.json': {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: 'accounts.google.com' },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: { StringEquals: { 'accounts.google.com:sub': 'REPLACE_WITH_SUBJECT_ID' } },
            },
          ],
        },
        // Its documentation asks for these two rights, if it deletes nothing.
        'access/read-policy.json': {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 's3:ListBucket',
              Resource: `arn:aws:s3:::${source.bucket}`,
              Condition: { StringLike: { 's3:prefix': `${folder}*` } },
            },
            { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${source.bucket}/${folder}*` },
          ],
        },
      };
    case 'azure':
      return {
        'access/federated-credential.json': {
          name: 'google-secops',
          issuer: 'https://accounts.google.com',
          subject: 'REPLACE_WITH_SUBJECT_ID',
          audiences: ['api://AzureADTokenExchange'],
        },
      };
    case 'gcs':
      return {};
  }
}
