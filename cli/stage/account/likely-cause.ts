import type {
  AzureDestination,
  Destination,
  GcsDestination,
  S3Destination,
} from '../../../lambdas/domain/account.ts';
import { az, delegatedSasCommand, keysCommand, sasCommand } from './azure-grant.ts';
import { bindingCommand, type GrantOptions, serviceAccount } from './customer-grant.ts';
import { writePolicy } from './s3-grant.ts';

export interface CauseOptions extends GrantOptions {
  /** The exporter’s fixed egress addresses; absent if its requests may come from any address of AWS. */
  readonly egressAddresses?: string | undefined;
  /** The command that sets an option of the account. */
  update(option: string): string;
}

type Remedy<D> = (destination: D, options: CauseOptions, words: string) => string;

/** Remedies for causes that the cloud states in its error message. The first match counts. */
type Remedies<D> = readonly (readonly [words: RegExp, remedy: Remedy<D>])[];

/** What the customer has to do about the cause that the message states; `undefined` if it states no known cause. */
export function remedyForCause(
  message: string,
  destination: Destination,
  options: CauseOptions,
): string | undefined {
  switch (destination.type) {
    case 's3':
      return remedyIn(s3Remedies, message, destination, options);
    case 'gcs':
      return remedyIn(gcsRemedies, message, destination, options);
    case 'azure':
      return remedyIn(azureRemedies, message, destination, options);
  }
}

function remedyIn<D>(
  remedies: Remedies<D>,
  message: string,
  destination: D,
  options: CauseOptions,
): string | undefined {
  return remedies.find(([words]) => words.test(message))?.[1](destination, options, message);
}

const then = ({ update }: CauseOptions) => `then: ${update('--secret-file <file>')}`;

const s3Remedies: Remedies<S3Destination> = [
  // The message of a denial ends with what is missing, unless that is the permission to write.
  [
    /\); (?!grant s3:|put )[^;]*\bkms:/,
    (destination, _, words) =>
      `${tail(words)}:\n${writePolicy({ ...destination, kmsKeyId: /arn:aws[a-z-]*:kms:[\w:-]+:key\/[\w-]+/.exec(words)?.[0] ?? destination.kmsKeyId ?? '<id of the key>' })}`,
  ],
  [/\); (a grant |no permission )[^;]+$/, (_destination, _, words) => tail(words)],
  [
    /\bKMS\.\w+/,
    ({ region, kmsKeyId = '<id of the key>' }) =>
      `aws kms describe-key --region ${region} --key-id ${kmsKeyId} (it has to exist and be enabled)`,
  ],
  [
    /\bSignatureDoesNotMatch\b/,
    (_, options) =>
      `The secret access key does not belong to its id, or was altered: send both again as AWS shows them, or create a new pair (aws iam create-access-key --user-name <user>)\n${then(options)}`,
  ],
  [
    /\b(Expired|Invalid)Token|TokenRefreshRequired/,
    (_, options) =>
      `The credential was temporary and has expired: use a role, or an access key of a user (aws iam create-access-key --user-name <user>)\n${then(options)}`,
  ],
];

/** The part of the message after the cloud’s own words. */
function tail(message: string): string {
  return /\); ([^;]+)$/.exec(message)?.[1] ?? message;
}

const gcsRemedies: Remedies<GcsDestination> = [
  [
    /kms|cryptokey/i,
    ({ bucket }, _, words) =>
      `gcloud storage service-agent --project=<project of ${bucket}> --authorize-cmek=${/projects\/[\w:.-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+/.exec(words)?.[0] ?? '<the key of the bucket>'}\nor, if it may use the key: enable the key's version`,
  ],
  [
    /vpcServiceControls|VPC Service Controls/i,
    (_, { credential }, words) => {
      const id = /vpcServiceControlsUniqueIdentifier:?\s*([\w-]+)/i.exec(words)?.[1];
      return `an administrator of VPC Service Controls adds an ingress rule for ${serviceAccount(credential)} to the perimeter${id === undefined ? '' : `; the troubleshooter shows the denial with the identifier ${id}`}`;
    },
  ],
  [
    /constraints\/|organi[sz]ation policy/i,
    ({ bucket }, { update }, words) =>
      `an administrator of the organisation makes an exception from ${/constraints\/[\w.]+/.exec(words)?.[0] ?? 'the policy that Google names'} for the project of ${bucket}\nor, with another bucket: ${update('--bucket <name>')}`,
  ],
  [
    /accountDisabled|billing|userProjectAccountProblem/i,
    ({ bucket }) =>
      `gcloud billing projects link <project of ${bucket}> --billing-account=<account> (the project or its billing is disabled)`,
  ],
  [
    /userProject|requester ?pays/i,
    ({ bucket }) => `gcloud storage buckets update gs://${bucket} --no-requester-pays`,
  ],
  [
    /account[ _](not found|deleted)|account_disabled|account\b[^:(]*\b(is|has been) disabled/i,
    (_, options) =>
      `gcloud iam service-accounts enable ${serviceAccount(options.credential)}\nor, if it was deleted: create another one with a key and the same grant; ${then(options)}`,
  ],
  [
    /\b(not have|denied).*storage\.objects\.create|storage\.objects\.create.*(not have|denied)|does not have .*access/i,
    (destination, { credential }) =>
      `${bindingCommand(destination, credential)}\nor, if that is granted: a condition of the grant, or an IAM deny policy, excludes the folder`,
  ],
];

const networkRule = (destination: AzureDestination, { egressAddresses }: CauseOptions) =>
  az(
    destination,
    `storage account network-rule add --account-name ${destination.storageAccount} --ip-address ${
      egressAddresses?.replaceAll(', ', ' ') ??
      '<address> (the exporter has no fixed address: see the setting vpc)'
    }`,
  );

const azureRemedies: Remedies<AzureDestination> = [
  [
    /\bAuthorizationFailure\b(?!.*failed to authenticate)/,
    (destination, options) =>
      [
        `${networkRule(destination, options)} (its network rules block the exporter)`,
        ...(isSas(options)
          ? [
              `or, if they allow the exporter: ${sasCommand(destination, options.credential)}\n${then(options)}`,
            ]
          : []),
      ].join('\n'),
  ],
  [
    /\bKeyBasedAuthenticationNotPermitted\b/,
    (destination, options) =>
      `${az(destination, `storage account update --name ${destination.storageAccount} --allow-shared-key-access true`)}\nor, without account keys: ${delegatedSasCommand(destination)}\n${then(options)}`,
  ],
  [
    /\b(AccountIsDisabled|InsufficientAccountPermissions)\b/,
    destination =>
      `${az(destination, `storage account show --name ${destination.storageAccount}`)} (the account is disabled or read-only: its subscription may have ended or be unpaid)`,
  ],
  [
    /\bAuthorizationSourceIPMismatch\b/,
    (destination, options) =>
      `${sasCommand(destination, options.credential)} (without --ip${options.egressAddresses === undefined ? '' : `, or with one that has ${options.egressAddresses}`})\n${then(options)}`,
  ],
  [
    /\bAuthorization(Permission|Protocol|Service|ResourceType)Mismatch\b/,
    (destination, options) =>
      isSas(options)
        ? `${sasCommand(destination, options.credential)}\n${then(options)}`
        : roleAndLocks(destination),
  ],
  [
    /\(\d{3} .*(time frame|\bexpired\b)/i,
    (destination, options) => `${sasCommand(destination, options.credential)}\n${then(options)}`,
  ],
  [
    /does not accept the account key/,
    (destination, options) => `${keysCommand(destination)}\n${then(options)}`,
  ],
  [
    /the storage account does not exist/,
    (destination, { update }) =>
      `${az(destination, `storage account show --name ${destination.storageAccount}`)} (shows whether it exists)\nor, if the name is wrong: ${update('--storage-account <name>')}`,
  ],
];

const roleAndLocks = (destination: AzureDestination) =>
  `${az(destination, `storage account show --name ${destination.storageAccount}`)} (a lock or a policy of the account denies it)`;

function isSas({ credential }: CauseOptions): boolean {
  return credential?.type !== 'azure' || 'sas' in credential.access;
}
