import type { Account, Destination } from '../../../lambdas/domain/account.ts';
import { expectedOwnerOf } from '../../../lambdas/domain/destination.ts';
import type { FailureCode } from '../../../lambdas/domain/failure.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { az, keysCommand, sasCommand } from './azure-grant.ts';
import { bindingCommand, type GrantOptions, serviceAccount } from './customer-grant.ts';
import { cureFor } from './likely-cause.ts';
import { trust, writePolicy } from './s3-grant.ts';

export interface Failed {
  readonly code: FailureCode;
  readonly message: string;
}

/** What is known beside the account. */
export interface RemedyOptions extends GrantOptions {
  /** What commands for the stage begin with. */
  readonly command: string;
  /** Where the exporter's requests come from; absent if from any address of AWS. */
  readonly egressAddresses?: string | undefined;
}

/**
 * What to do about a failure, exactly: the command or the policy, with the account's own names in it. It follows from the
 * cause, where the cloud has named one; else from the code, the likeliest first.
 */
export function remedyFor({ code, message }: Failed, account: Account, options: RemedyOptions): string {
  const { destination } = account;
  const { command } = options;
  const update = (option: string) => accountCommand(`${command} account update`, account.accountId, option);
  const cure = causedByCustomer.has(code) ? cureFor(message, destination, { ...options, update }) : undefined;
  if (cure !== undefined) return `The customer: ${cure}`;
  switch (code) {
    case 'account_invalid':
      return `${update('…')} with what is to be changed`;
    case 'secret_missing':
    case 'secret_invalid':
      return [
        update(`--secret-file <file with ${credentialNames[destination.type]}>`),
        ...(destination.type === 'azure' && / of the storage account /.test(message)
          ? [`or, if the files are to go to the other one: ${update('--storage-account <name>')}`]
          : []),
      ].join('\n');
    case 'credentials_rejected':
      return `The customer: ${renewal(account, options)}\n${renewed(destination, update)}`.trimEnd();
    case 'access_denied':
      return `The customer: ${permission(destination, options, update)}`;
    case 'bucket_missing':
      return `The customer: ${creation(destination)}\nor, if the name is wrong: ${update(
        `--${destination.type === 'azure' ? 'container' : 'bucket'} <name>`,
      )}`;
    case 'wrong_region':
      return update(`--bucket-region ${regionIn(message) ?? '<region of the bucket>'}`);
    case 'object_exists':
      return `The customer moves the object away, or: ${update('--prefix <another folder>')}`;
    case 'role_unprotected':
      return `The customer: ${renewal(account, options)}`;
    case 'destination_rejected':
      if (/operators have to deploy/.test(message))
        return 'Deploy another release: the customer has nothing to change';
      return 'Ask the customer which rules the bucket has (encryption, retention, network), then verify again';
    case 'no_answer':
    case 'region_silent':
      return `Nothing yet, it is tried again by itself. If it stays, see whether the cloud tells of an outage there, and:\n${command} doctor`;
    default:
      return `Nothing yet, it is tried again by itself. If it stays:\n${command} retry\n${command} doctor`;
  }
}

const causedByCustomer: ReadonlySet<FailureCode> = new Set([
  'credentials_rejected',
  'access_denied',
  'bucket_missing',
  'destination_rejected',
]);

/** The region that S3 named, which the failure tells in its message only. */
function regionIn(message: string): string | undefined {
  return / is in ([a-z]+(?:-[a-z]+)+-\d+), not in /.exec(message)?.[1];
}

const credentialNames: Readonly<Record<Destination['type'], string>> = {
  s3: '{"accessKeyId", "secretAccessKey"}',
  gcs: 'the service-account key as downloaded',
  azure: 'the connection string, or {"sasUrl"}',
};

/** How the customer makes a credential that is accepted. */
function renewal({ accountId, destination }: Account, options: RemedyOptions): string {
  const { credential, command } = options;
  switch (destination.type) {
    case 's3':
      return destination.roleArn === undefined
        ? 'aws iam create-access-key --user-name <user>'
        : `gives ${destination.roleArn} the ${trust(destination, options.exporterRoleArn)}`;
    case 'gcs':
      return `gcloud iam service-accounts keys create key.json --iam-account=${serviceAccount(credential)}`;
    case 'azure':
      if (credential?.type !== 'azure')
        return [
          `${keysCommand(destination)} (for an account key), or`,
          `${sasCommand(destination)} (for a SAS): ${accountCommand(`${command} verify`, accountId)} tells which it is`,
        ].join('\n');
      return 'sas' in credential.access ? sasCommand(destination, credential) : keysCommand(destination);
  }
}

function renewed(destination: Destination, update: (option: string) => string): string {
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  return byRole ? '' : `then: ${update('--secret-file <file>')}`;
}

/** Without a cause that the cloud names, the grant is missing most likely. */
function permission(
  destination: Destination,
  { credential }: GrantOptions,
  update: (option: string) => string,
): string {
  switch (destination.type) {
    case 's3': {
      const { kmsKeyId } = destination;
      const owner = expectedOwnerOf(destination);
      return [
        `grants ${writePolicy(destination)}`,
        ...(kmsKeyId === undefined
          ? [
              'or, if that is granted: a policy of the bucket denies it, or the key by which it encrypts is not granted',
            ]
          : ["or, if that is granted: the key's own policy has to allow it as well"]),
        ...(owner === undefined
          ? []
          : [`or, if the bucket does not belong to ${owner}: ${update('--expected-bucket-owner <id>')}`]),
      ].join('\n');
    }
    case 'gcs':
      return bindingCommand(destination, credential);
    case 'azure':
      return sasCommand(destination, credential);
  }
}

function creation(destination: Destination): string {
  switch (destination.type) {
    case 's3':
      return `aws s3 mb s3://${destination.bucket} --region ${destination.region}`;
    case 'gcs':
      return `gcloud storage buckets create gs://${destination.bucket}`;
    case 'azure':
      return az(
        destination,
        `storage container create --name ${destination.container} --account-name ${destination.storageAccount}`,
      );
  }
}
