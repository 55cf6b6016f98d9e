import { ExportError, type FailureCode } from '../domain/failure.ts';
import type { GcsTrouble } from './gcs-trouble.ts';

/** The failure for a `GcsTrouble`, with a remedy and Google's explanation. */
export function toGcsFailure(trouble: GcsTrouble, bucket: string): ExportError {
  const [code, text] = diagnose(trouble, `the GCS bucket ${bucket}`);
  return new ExportError(code, text, { cause: trouble });
}

function diagnose(trouble: GcsTrouble, at: string): [FailureCode, string] {
  const { stage, status, reason } = trouble;
  const said = ` (${trouble.message})`;
  if (trouble.silent) return ['no_answer', `Google Cloud did not answer in time for ${at} (${reason})`];
  if (status === undefined)
    return [
      'network',
      `Google Cloud could not be reached for ${at}, or the connection broke (${reason ?? 'no answer'})`,
    ];
  if (trouble.passing)
    return ['destination_unavailable', `Google Cloud cannot take the upload to ${at} now${said}`];
  if (stage === 'token')
    return [
      'credentials_rejected',
      `Google does not accept the service account's key for ${at}${said}: the key may be deleted or the account ` +
        'disabled; put a new key into the secret',
    ];
  if (status === 401)
    return [
      'credentials_rejected',
      `${at} does not accept the service account's token${said}: check that the account is enabled, or put a new key into the secret`,
    ];
  if (status === 403)
    return [
      'access_denied',
      `The service account may not create objects in ${at}${said}${remedyFor(trouble)}`,
    ];
  if (trouble.sessionLost)
    return ['destination_unavailable', `Google Cloud lost the upload session in ${at}${said}`];
  if (status === 404)
    return ['bucket_missing', `${at} does not exist${said}: create it or correct the account record`];
  return ['destination_rejected', `Google Cloud refuses the upload to ${at}${said}${remedyFor(trouble)}`];
}

/** Remedies, each with a pattern for the cause in Google's explanation. The first match counts. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /kms/i,
    "let the Cloud Storage service agent of the bucket's project use the key that the bucket encrypts with " +
      '(role Cloud KMS CryptoKey Encrypter/Decrypter), and see that the key is enabled',
  ],
  [
    /vpcServiceControls|prohibited by organization's policy/i,
    'a VPC Service Controls perimeter keeps the request out; let the service account in with an ingress rule',
  ],
  [
    /constraints\/|org(anization)? ?policy/i,
    "change that organisation policy for the bucket's project, or use another bucket",
  ],
  [
    /encryption enforcement|encryption type/i,
    "change the bucket's encryption enforcement, or its default encryption key",
  ],
  [
    /accountDisabled|billing|userProjectAccountProblem/i,
    'enable the project that owns the bucket, and its billing account',
  ],
  [/userProject|requester ?pays/i, 'turn off Requester Pays for the bucket'],
];

const permissions = /\bstorage\.(?:objects|buckets|folders|managedFolders)\.\w+/;

/** The remedy for a known cause. If a denial (403) names no cause, the permission to create objects is missing. */
function remedyFor({ status, reason, explanation = '' }: GcsTrouble): string {
  const words = `${reason ?? ''} ${explanation}`;
  const [, remedy] = remedies.find(([cause]) => cause.test(words)) ?? [];
  if (remedy !== undefined) return `: ${remedy}`;
  if (status !== 403) return '';
  const [permission] = permissions.exec(words) ?? [];
  const namesNothing = /^$|^forbidden\.?$|^access denied\.?$|\bnot have\b.*\baccess\b/i.test(explanation);
  if (permission === undefined && !namesNothing) return ': do what this explanation asks for';
  return `: grant it ${permission ?? 'storage.objects.create'} there, for example with the role Storage Object Creator`;
}
