import { type Answer, created, exists, refused, unclear } from '../../../lambdas/buckets/bucket.ts';
import type { Destination } from '../../../lambdas/domain/account.ts';
import { type ActionNeededCode, ExportError } from '../../../lambdas/domain/failure.ts';
import type { Random } from '../../../local/sample/random.ts';

type CloudType = Destination['type'];

/** An answer on the wire: status and message, unless it is cut off. */
export interface RawAnswer {
  readonly status: number;
  readonly words: string | undefined;
}

interface Row {
  readonly status: number;
  readonly words: string;
  readonly means: 'exists' | ActionNeededCode;
}

/**
 * The answers of clouds to a create. A status has several meanings, and a meaning several statuses: only the message
 * is unambiguous.
 */
const answers: Readonly<Record<CloudType, readonly Row[]>> = {
  s3: [
    { status: 412, words: 'PreconditionFailed If-None-Match', means: 'exists' },
    { status: 412, words: 'PreconditionFailed x-amz-policy', means: 'destination_rejected' },
    { status: 409, words: 'BucketPolicyConflict', means: 'destination_rejected' },
    { status: 403, words: 'AccessDenied', means: 'access_denied' },
    { status: 403, words: 'InvalidAccessKeyId', means: 'credentials_rejected' },
    { status: 404, words: 'NoSuchBucket', means: 'bucket_missing' },
    { status: 301, words: 'PermanentRedirect', means: 'wrong_region' },
  ],
  gcs: [
    { status: 412, words: 'conditionNotMet ifGenerationMatch', means: 'exists' },
    { status: 403, words: 'retentionPolicyNotMet', means: 'exists' },
    { status: 403, words: 'forbidden storage.objects.delete', means: 'exists' },
    {
      status: 412,
      words: 'conditionNotMet constraints/gcp.resourceLocations',
      means: 'destination_rejected',
    },
    { status: 403, words: 'forbidden storage.objects.create', means: 'access_denied' },
    { status: 401, words: 'authError', means: 'credentials_rejected' },
    { status: 404, words: 'notFound bucket', means: 'bucket_missing' },
    { status: 400, words: 'wrong location', means: 'wrong_region' },
  ],
  azure: [
    { status: 409, words: 'BlobAlreadyExists', means: 'exists' },
    { status: 409, words: 'BlobImmutableDueToPolicy', means: 'exists' },
    { status: 412, words: 'LeaseIdMissing', means: 'exists' },
    { status: 409, words: 'FeatureNotSupported', means: 'destination_rejected' },
    { status: 412, words: 'ConditionNotMet tags', means: 'destination_rejected' },
    { status: 403, words: 'AuthorizationPermissionMismatch', means: 'access_denied' },
    { status: 403, words: 'AuthenticationFailed', means: 'credentials_rejected' },
    { status: 404, words: 'ContainerNotFound', means: 'bucket_missing' },
    { status: 400, words: 'wrong location', means: 'wrong_region' },
  ],
};

const all = Object.values(answers).flat();
const saysThatItExists = new Set(all.filter(({ means }) => means === 'exists').map(({ words }) => words));
const codes = new Map(
  all.flatMap(({ words, means }) => (means === 'exists' ? [] : [[words, means] as const])),
);

/** An answer with this meaning; random if there are several. */
export function rawAnswer(random: Random, type: CloudType, means: Row['means']): RawAnswer {
  return random.pick(answers[type].filter(row => row.means === means));
}

/** How the simulated drivers read an answer. */
export function readAnswer({ status, words }: RawAnswer): Answer {
  if (words === undefined || status >= 500)
    return unclear(new ExportError('destination_unavailable', `The cloud answers ${status} ${words}`));
  if (status < 300) return created;
  if (saysThatItExists.has(words)) return exists(words);
  return refused(new ExportError(codes.get(words) ?? 'destination_rejected', `The cloud refuses: ${words}`));
}
