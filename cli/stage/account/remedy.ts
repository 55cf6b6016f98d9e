import type { Account, AzureDestination, Destination } from '../../../lambdas/domain/account.ts';
import type { FailureCode } from '../../../lambdas/domain/failure.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import {
  bindingCommand,
  type GrantOptions,
  sasCommand,
  serviceAccount,
  trust,
  writePolicy,
} from './customer-grant.ts';

export interface Failed {
  readonly code: FailureCode;
  readonly message: string;
}

/** What is known beside the account. */
export interface RemedyOptions extends GrantOptions {
  /** What commands for the stage begin with. */
  readonly command: string;
}

/** What to do about a failure, exactly: the command or the policy, with the account's own names in it. */
export function remedyFor({ code, message }: Failed, account: Account, options: RemedyOptions): string {
  const { destination } = account;
  const { command } = options;
  const update = (option: string) => accountCommand(`${command} account update`, account.accountId, option);
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
      return `The customer: ${permission(destination, options, message)}`;
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
      return 'Ask the customer which rules the bucket has (encryption, retention, network), then verify again';
    case 'no_answer':
      return `Nothing yet, it is tried again by itself. If it stays, see whether the cloud tells of an outage there, and:\n${command} doctor`;
    default:
      return `Nothing yet, it is tried again by itself. If it stays:\n${command} retry\n${command} doctor`;
  }
}

/** The region that S3 named, which the failure tells in its message only. */
function regionIn(message: string): string | undefined {
  return / is in ([a-z]{2}(?:-[a-z]+)+-\d+), not in /.exec(message)?.[1];
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
        : `gives ${destination.roleArn} the ${trust(destination, options)}`;
    case 'gcs':
      return `gcloud iam service-accounts keys create key.json --iam-account=${serviceAccount(credential)}`;
    case 'azure':
      if (credential?.type !== 'azure')
        return [
          `${keysCommand(destination)} (for an account key), or`,
          `${sasCommand(destination)} (for a SAS): ${accountCommand(`${command} verify`, accountId)} tells which it is`,
        ].join('\n');
      return 'sas' in credential.access ? sasCommand(destination) : keysCommand(destination);
  }
}

function keysCommand({ storageAccount }: AzureDestination): string {
  return `az storage account keys list --account-name ${storageAccount}`;
}

function renewed(destination: Destination, update: (option: string) => string): string {
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  return byRole ? '' : `then: ${update('--secret-file <file>')}`;
}

function permission(destination: Destination, { credential }: GrantOptions, message: string): string {
  switch (destination.type) {
    case 's3':
      return otherCure(message) ?? `grants ${writePolicy(destination)}`;
    case 'gcs':
      return bindingCommand(destination, credential);
    case 'azure':
      return sasCommand(destination);
  }
}

/** What helps where S3 named a cause that the right to write does not remove: the message ends with it. */
function otherCure(message: string): string | undefined {
  return /\); ((?!grant s3:)[^;]+)$/.exec(message)?.[1];
}

function creation(destination: Destination): string {
  switch (destination.type) {
    case 's3':
      return `aws s3 mb s3://${destination.bucket} --region ${destination.region}`;
    case 'gcs':
      return `gcloud storage buckets create gs://${destination.bucket}`;
    case 'azure':
      return `az storage container create --name ${destination.container} --account-name ${destination.storageAccount}`;
  }
}
