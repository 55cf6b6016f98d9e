import type { Account, Destination } from '../../../lambdas/domain/account.ts';
import { expectedOwnerOf } from '../../../lambdas/domain/destination.ts';
import type { FailureCode } from '../../../lambdas/domain/failure.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { az, keysCommand, sasCommand } from './azure-grant.ts';
import { bindingCommand, type GrantOptions, serviceAccount } from './customer-grant.ts';
import { remedyForCause } from './likely-cause.ts';
import { trust, writePolicy } from './s3-grant.ts';

export interface Failed {
  readonly code: FailureCode;
  readonly message: string;
}

/** What the remedy depends on besides the account. */
export interface RemedyOptions extends GrantOptions {
  /** The beginning of commands for the stage. */
  readonly command: string;
  /** The exporter’s fixed egress addresses; absent if its requests may come from any address of AWS. */
  readonly egressAddresses?: string | undefined;
}

/**
 * The command or policy that fixes a failure, with the account’s own names in it. It depends on the cause if the
 * cloud states one, else on the code, the most likely remedy first.
 */
export function remedyFor({ code, message }: Failed, account: Account, options: RemedyOptions): string {
  const { destination } = account;
  const { command } = options;
  const update = (option: string) => accountCommand(`${command} account update`, account.accountId, option);
  const known = causedByCustomer.has(code)
    ? remedyForCause(message, destination, { ...options, update })
    : undefined;
  if (known !== undefined) return `The customer: ${known}`;
  switch (code) {
    case 'account_invalid':
      return `${update('…')} with the attribute to change`;
    case 'secret_missing':
    case 'secret_invalid':
      return [
        update(`--secret-file <file with ${credentialNames[destination.type]}>`),
        ...(destination.type === 'azure' && / of the storage account /.test(message)
          ? [`or, to use the other storage account: ${update('--storage-account <name>')}`]
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
        return 'Deploy another release: the customer does not have to change anything';
      return 'Ask the customer about the bucket’s rules (encryption, retention, network), then verify again';
    case 'no_answer':
    case 'region_silent':
      return `Wait: it is retried automatically. If it continues, see whether the cloud reports an outage there, and run:\n${command} doctor`;
    default:
      return `Wait: it is retried automatically. If it continues, run:\n${command} retry\n${command} doctor`;
  }
}

const causedByCustomer: ReadonlySet<FailureCode> = new Set([
  'credentials_rejected',
  'access_denied',
  'bucket_missing',
  'destination_rejected',
]);

/** The region that S3 named; only the failure’s message contains it. */
function regionIn(message: string): string | undefined {
  return / is in ([a-z]+(?:-[a-z]+)+-\d+), not in /.exec(message)?.[1];
}

const credentialNames: Readonly<Record<Destination['type'], string>> = {
  s3: '{"accessKeyId", "secretAccessKey"}',
  gcs: 'the service-account key as downloaded',
  azure: 'the connection string, or {"sasUrl"}',
};

/** The command with which the customer makes a new credential. */
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
          `${sasCommand(destination)} (for a SAS): ${accountCommand(`${command} verify`, accountId)} shows which one is in use`,
        ].join('\n');
      return 'sas' in credential.access ? sasCommand(destination, credential) : keysCommand(destination);
  }
}

function renewed(destination: Destination, update: (option: string) => string): string {
  const byRole = destination.type === 's3' && destination.roleArn !== undefined;
  return byRole ? '' : `then: ${update('--secret-file <file>')}`;
}

/** If the cloud states no cause, a missing permission is the most likely one. */
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
              'or, if that is granted: a bucket policy denies it, or the permission for the bucket’s KMS key is missing',
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
