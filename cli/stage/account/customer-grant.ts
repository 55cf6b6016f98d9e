import type { Destination, GcsDestination } from '../../../lambdas/domain/account.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { sasCommand } from './azure-grant.ts';
import { grantNotes, trust, writePolicy } from './s3-grant.ts';

/** What the grant depends on besides the destination. */
export interface GrantOptions {
  readonly credential?: Credential | undefined;
  readonly exporterRoleArn?: string | undefined;
}

/** The least privileges that the customer has to grant, as policies or commands to send to the customer. */
export function customerGrant(destination: Destination, options: GrantOptions): string {
  const { credential, exporterRoleArn } = options;
  switch (destination.type) {
    case 's3':
      return [
        ...(destination.roleArn === undefined ? [] : [trust(destination, exporterRoleArn)]),
        `permissions: ${writePolicy(destination)}`,
        ...grantNotes(destination, exporterRoleArn).map(note => `note: ${note}`),
      ].join('\n');
    case 'gcs':
      return bindingCommand(destination, credential);
    case 'azure':
      return sasCommand(destination, credential);
  }
}

/**
 * The command that lets a service account create objects, and nothing else; it works with and without uniform
 * bucket-level access.
 */
export function bindingCommand({ bucket }: GcsDestination, credential: Credential | undefined): string {
  return `gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=serviceAccount:${serviceAccount(credential)} --role=roles/storage.objectCreator`;
}

export function serviceAccount(credential: Credential | undefined): string {
  return credential?.type === 'gcs' ? credential.clientEmail : '<service account>';
}
