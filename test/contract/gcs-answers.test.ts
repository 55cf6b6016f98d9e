import { type AnswerRow, describeAnswers } from './bucket-answers.ts';
import type { Fault } from './fault-proxy.ts';
import { startGcsBucketServer } from './gcs-bucket-server.ts';

const preconditions = 'At least one of the pre-conditions you specified did not hold.';
const ifMatch = { locationType: 'header', location: 'If-Match' };
const retained =
  "Object 'audit-logs/x.zip' is subject to bucket's retention policy and cannot be deleted, overwritten or archived " +
  'until 2027-01-01T00:00:00Z';
const held =
  "Object 'audit-logs/x.zip' is under active Temporary hold and cannot be deleted, overwritten or archived.";
const mayNotDelete =
  'exporter@acme.iam.gserviceaccount.com does not have storage.objects.delete access to the Google Cloud Storage ' +
  "object. Permission 'storage.objects.delete' denied on resource (or it may not exist).";
const mayNotCreate = mayNotDelete.replaceAll('delete', 'create');
const prevention =
  'The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.';
const encryption =
  "Requested encryption type for object is not compliant with the bucket's encryption enforcement configuration.";
const kms =
  'Permission denied on Cloud KMS key. Please ensure that your Cloud Storage service account has been authorized to use this key.';
const billing = 'The billing account for the owning project is disabled in state absent';
const perimeter = "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: 8x2c";
const page = '<!DOCTYPE html><html><body>Sign in to the guest network</body></html>';

const passing = { kind: 'refused', code: 'destination_unavailable' } as const;
const unclear = { kind: 'unclear', code: 'destination_unavailable' } as const;
const denied = (says: RegExp) => ({ kind: 'refused', code: 'access_denied', says }) as const;
const rejected = (says: RegExp) => ({ kind: 'refused', code: 'destination_rejected', says }) as const;
const exists = (says: RegExp) => ({ kind: 'exists', says }) as const;

/** Documented and observed answers of Google Cloud Storage to the request that creates an object. */
const rows: readonly AnswerRow[] = [
  row('412 of a failed precondition', 412, 'conditionNotMet', preconditions, exists(/did not hold/), ifMatch),
  row(
    '412 of a failed precondition that names no header',
    412,
    'conditionNotMet',
    preconditions,
    exists(/hold/),
  ),
  row('412 in its older words', 412, 'conditionNotMet', 'Precondition Failed', exists(/Failed/), ifMatch),
  row('412 about ifGenerationMatch', 412, 'conditionNotMet', 'No.', exists(/No\./), {
    locationType: 'parameter',
    location: 'ifGenerationMatch',
  }),
  row('412 about If-Match without words', 412, 'conditionNotMet', '', exists(/conditionNotMet/), ifMatch),
  ...[undefined, ifMatch].flatMap(place =>
    ['conditionNotMet', 'orgPolicyConstraintFailed'].map(reason =>
      row(
        `412 of an organisation policy, ${reason}${place ? ', about If-Match' : ''}`,
        412,
        reason,
        "Request violates constraint 'constraints/gcp.restrictNonCmekServices'",
        rejected(/constraints\/gcp\.restrictNonCmekServices.*organisation policy/),
        place,
      ),
    ),
  ),
  row(
    '412 of public access prevention',
    412,
    'conditionNotMet',
    prevention,
    rejected(/public access/),
    ifMatch,
  ),
  row('412 of encryption enforcement', 412, 'conditionNotMet', encryption, rejected(/enforcement/), ifMatch),
  row(
    '412 of encryption enforcement about ifGenerationMatch',
    412,
    'conditionNotMet',
    encryption,
    rejected(/enforcement/),
    { locationType: 'parameter', location: 'ifGenerationMatch' },
  ),
  plain('412 without content', 412, '', unclear),
  plain('412 with a page of a proxy', 412, page, unclear),
  plain('412 with cut JSON', 412, '{"error":{"code":412,"mess', unclear),

  row('403 to overwriting', 403, 'forbidden', mayNotDelete, exists(/storage\.objects\.delete/)),
  row('403 of a retention policy', 403, 'retentionPolicyNotMet', retained, exists(/retention policy/)),
  row('403 of a retention policy by its words', 403, 'forbidden', retained, exists(/retention policy/)),
  row('403 of a hold', 403, 'objectUnderActiveHold', held, exists(/Temporary hold/)),
  row('403 of a hold by its words', 403, 'forbidden', held, exists(/Temporary hold/)),
  row(
    '403 without the permission',
    403,
    'forbidden',
    mayNotCreate,
    denied(/grant it storage\.objects\.create/),
  ),
  row(
    '403 without the scope',
    403,
    'insufficientPermissions',
    'Insufficient Permission',
    denied(/Insufficient/),
  ),
  row('403 of the KMS key', 403, 'forbidden', kms, denied(/Encrypter\/Decrypter/)),
  row('403 of a disabled account', 403, 'accountDisabled', billing, denied(/state absent.*billing account/)),
  row('403 of a service perimeter', 403, 'vpcServiceControls', perimeter, denied(/ingress rule/)),
  row('403 in unknown words', 403, 'countryBlocked', 'Not from here.', denied(/Not from here\.\): do what/)),
  ...['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded'].map(reason =>
    row(`403 ${reason}`, 403, reason, 'The rate limit is exceeded.', passing),
  ),
  plain('403 with a page of a proxy', 403, page, { kind: 'refused', code: 'access_denied' }),

  row(
    '400 of a disabled KMS key',
    400,
    'cloudKmsDisabledKey',
    'The key is disabled.',
    rejected(/key is enabled/),
  ),
  row(
    '400 of Requester Pays',
    400,
    'userProjectMissing',
    'Requester pays bucket',
    rejected(/turn off Requester/),
  ),
  row('400 of a checksum', 400, 'invalid', 'Provided CRC32C "A" doesn\'t match.', rejected(/doesn't match/)),
  row('401', 401, 'authError', 'Invalid Credentials', { kind: 'refused', code: 'credentials_rejected' }),
  row(
    '404 of the bucket',
    404,
    'notFound',
    'The specified bucket does not exist.',
    {
      kind: 'refused',
      code: 'bucket_missing',
    },
    undefined,
    'one request',
  ),
  ...[404, 410, 499].map(status =>
    plain(`${status} of the session`, status, '', unclear, 'several requests'),
  ),
  row(
    '409 in words',
    409,
    'conflict',
    'The object conflicts with a folder.',
    rejected(/conflicts with a folder/),
  ),
  plain('409 with a page of a proxy', 409, page, unclear),
  row('429', 429, 'rateLimitExceeded', 'Too many requests.', passing),

  ...[408, 500, 502, 503, 504].map(status => plain(`${status}`, status, '', unclear)),
  ...[200, 201].map(status => plain(`${status} with a page of a proxy`, status, page, unclear)),
  plain('200 without content', 200, '', unclear),
  plain('200 with JSON of something else', 200, '{"kind":"storage#objects"}', unclear),
  plain('200 with an error in it', 200, JSON.stringify(errorOf(503, 'backendError', 'No.')), unclear),
  plain('204', 204, '', unclear),
  {
    name: '200 that is cut off',
    answer: { kind: 'answer', status: 200, body: '{"kind"', cut: true },
    is: { kind: 'unclear', code: 'network' },
  },
  {
    name: '412 that is cut off',
    answer: { kind: 'answer', status: 412, body: '{"error"', cut: true },
    is: { kind: 'unclear', code: 'network' },
  },
  plain('302', 302, page, rejected(/302/)),
  plain('308 that never goes on', 308, '', passing, 'several requests'),
];

describeAnswers('Google Cloud Storage', startGcsBucketServer, rows);

function row(
  name: string,
  status: number,
  reason: string,
  message: string,
  is: AnswerRow['is'],
  place?: Record<string, string>,
  of?: AnswerRow['of'],
): AnswerRow {
  return plain(name, status, JSON.stringify(errorOf(status, reason, message, place)), is, of);
}

function plain(
  name: string,
  status: number,
  body: string,
  is: AnswerRow['is'],
  of?: AnswerRow['of'],
): AnswerRow {
  const answer: Fault = { kind: 'answer', status, body };
  return { name, answer, is, ...(of !== undefined && { of }) };
}

/** The form of the JSON API's errors. */
function errorOf(code: number, reason: string, message: string, place: Record<string, string> = {}) {
  return { error: { code, message, errors: [{ message, domain: 'global', reason, ...place }] } };
}
