import type { Account } from '../../../lambdas/domain/account.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { Credential, S3Credential } from '../../../lambdas/domain/secret.ts';
import { placeSteps } from '../bucket/sas-place.ts';
import { readSas } from '../bucket/shared-access-signature.ts';
import type { Step } from '../bucket/steps.ts';
import type { Target } from '../target/target.ts';

export interface CredentialCheck {
  readonly now: Instant;
  /** The beginning of commands for the stage. */
  readonly command: string;
  /**
   * The exporter’s fixed addresses from the stack’s outputs; absent if its requests may come from any address of AWS.
   */
  readonly egressAddresses?: string | undefined;
}

/** What the check of a credential depends on, besides the account. */
export function credentialCheck({ command, outputs }: Pick<Target, 'command' | 'outputs'>): CredentialCheck {
  return { now: Date.now(), command, egressAddresses: outputs.EgressAddresses };
}

/** Faults in a well-formed credential that make it fail sooner or later. Checks every field that a cloud enforces. */
export function credentialSteps(
  account: Account,
  secret: string,
  credential: Credential,
  check: CredentialCheck,
): Step[] {
  switch (credential.type) {
    case 's3':
      return accessKeySteps(credential);
    case 'gcs':
      return serviceAccountSteps(secret);
    case 'azure':
      return [
        ...('sas' in credential.access
          ? readSas(credential.access.sas, check.now, check.egressAddresses)
          : []),
        ...placeSteps(account, credential, check.command),
      ];
  }
}

function accessKeySteps({ accessKeyId, secretAccessKey, sessionToken }: S3Credential): Step[] {
  const steps: Step[] = [];
  if (sessionToken !== undefined)
    steps.push({
      name: 'the credential does not expire soon',
      outcome: 'warning',
      detail:
        'it has a session token, so it expires within hours or days: use a role or an access key of a user',
    });
  if (sessionToken !== undefined && accessKeyId.startsWith('AKIA'))
    steps.push({
      name: 'the session token belongs to the key',
      outcome: 'wrong',
      detail: 'the key of a user (AKIA…) has no session token, and AWS refuses it with one',
    });
  const odd = /%[0-9a-f]{2}/i.test(secretAccessKey)
    ? 'it is percent-encoded, as in a URL'
    : /[^A-Za-z0-9/+=]/.test(secretAccessKey) && 'it contains characters that AWS does not use in keys';
  if (odd) steps.push({ name: 'the secret access key is unchanged', outcome: 'warning', detail: odd });
  return steps;
}

/** Reads fields of the file that are not part of the parsed credential. */
function serviceAccountSteps(secret: string): Step[] {
  const { universe_domain: universe, client_email: email } = JSON.parse(secret.replace(/^\ufeff/, ''));
  const steps: Step[] = [];
  if (universe !== undefined && universe !== 'googleapis.com')
    steps.push({
      name: 'the key is for Google Cloud itself',
      outcome: 'wrong',
      detail: 'its universe_domain is different: only googleapis.com is supported',
    });
  if (!/\.gserviceaccount\.com$/.test(String(email).trim()))
    steps.push({
      name: 'client_email is the address of a service account',
      outcome: 'warning',
      detail: 'it does not end in .gserviceaccount.com',
    });
  return steps;
}
