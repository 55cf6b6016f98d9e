import type { Destination, GcsDestination } from '../../../lambdas/domain/account.ts';
import type { Credential } from '../../../lambdas/domain/secret.ts';
import { sasCommand } from './azure-grant.ts';
import { grantNotes, trust, writePolicy } from './s3-grant.ts';

/** What is known beside the destination. */
export interface GrantOptions {
  readonly credential?: Credential | undefined;
  readonly exporterRoleArn?: string | undefined;
}

/** What the customer has to set up so that the export may write: least privilege, ready to be passed on. */
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

/** Lets a service account create objects, and nothing else, whether the bucket's access is uniform or not. */
export function bindingCommand({ bucket }: GcsDestination, credential: Credential | undefined): string {
  return `gcloud storage buckets add-iam-policy-binding gs://${bucket} --member=serviceAccount:${serviceAccount(credential)} --role=roles/storage.objectCreator`;
}

export function serviceAccount(credential: Credential | undefined): string {
  return credential?.type === 'gcs' ? credential.clientEmail : '<service account>';
}
