import type { Account } from '../../../lambdas/domain/account.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { Credential, S3Credential } from '../../../lambdas/domain/secret.ts';
import { placeSteps } from '../bucket/sas-place.ts';
import { readSas } from '../bucket/shared-access-signature.ts';
import type { Step } from '../bucket/steps.ts';
import type { Target } from '../target/target.ts';

export interface CredentialCheck {
  readonly now: Instant;
  /** What commands for the stage begin with. */
  readonly command: string;
  /** Where the exporter's requests come from, as the stack tells it; absent if from any address of AWS. */
  readonly egressAddresses?: string | undefined;
}

/** What is known of the stage by which a credential is judged now. */
export function credentialCheck({ command, outputs }: Pick<Target, 'command' | 'outputs'>): CredentialCheck {
  return { now: Date.now(), command, egressAddresses: outputs.EgressAddresses };
}

/**
 * What a credential says of itself that makes it fail sooner or later, although it is one by its form: every field of
 * every form that a cloud decides by.
 */
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
      name: 'the credential lasts',
      outcome: 'warning',
      detail:
        'it has a session token, so it expires within hours or days: ask for a role or for an access key of a user',
    });
  if (sessionToken !== undefined && accessKeyId.startsWith('AKIA'))
    steps.push({
      name: 'the session token belongs to the key',
      outcome: 'wrong',
      detail: 'a key of a user (AKIA…) has none, and AWS refuses it with one',
    });
  const odd = /%[0-9a-f]{2}/i.test(secretAccessKey)
    ? 'it is percent-encoded, as in a URL'
    : /[^A-Za-z0-9/+=]/.test(secretAccessKey) && 'it has characters that keys of AWS do not have';
  if (odd) steps.push({ name: 'the secret access key is as AWS shows it', outcome: 'warning', detail: odd });
  return steps;
}

/** What is kept of the file says nothing of itself; the rest of it is read here only. */
function serviceAccountSteps(secret: string): Step[] {
  const { universe_domain: universe, client_email: email } = JSON.parse(secret.replace(/^\ufeff/, ''));
  const steps: Step[] = [];
  if (universe !== undefined && universe !== 'googleapis.com')
    steps.push({
      name: 'the key is one of Google Cloud itself',
      outcome: 'wrong',
      detail: 'its universe_domain is another: the export knows googleapis.com only',
    });
  if (!/\.gserviceaccount\.com$/.test(String(email).trim()))
    steps.push({
      name: 'client_email is that of a service account',
      outcome: 'warning',
      detail: 'it does not end in .gserviceaccount.com',
    });
  return steps;
}
