/**
 * Documented and observed answers of Azure to Put Blob and Put Block List, and answers that others give in its place.
 */
import { azure, page, refused, startTaker, there, unclear, xml } from './azure-answer-rows.ts';
import { describeAnswers } from './bucket-answers.ts';

describeAnswers('Azure with an account key', () => startTaker(key => ({ accountKey: key })), [
  // Only an unambiguous answer means that the blob exists.
  ...azure(409, 'BlobAlreadyExists', 'The specified blob already exists.', there(/already exists/)),
  ...azure(
    412,
    'ConditionNotMet',
    'The condition specified using HTTP conditional header(s) is not met.',
    there(),
  ),
  ...azure(
    412,
    'LeaseIdMissing',
    'There is currently a lease on the blob and no lease ID was specified.',
    there(),
  ),
  ...azure(412, 'LeaseIdMismatchWithBlobOperation', 'The lease ID specified did not match.', there()),
  ...azure(
    403,
    'UnauthorizedBlobOverwrite',
    'This request is not authorized to perform blob overwrites.',
    there(),
  ),
  ...azure(
    409,
    'BlobImmutableDueToPolicy',
    'The blob is immutable due to a policy.',
    there(/due to a policy/),
  ),
  ...azure(
    409,
    'BlobImmutableDueToLegalHold',
    'The blob is immutable due to one or more legal holds.',
    there(),
  ),
  ...azure(409, 'BlobArchived', 'This operation is not permitted on an archived blob.', there()),
  ...azure(409, 'BlobBeingRehydrated', 'The blob is being rehydrated.', there()),
  ...azure(409, 'InvalidBlobType', 'The blob type is invalid for this operation.', there()),
  ...azure(409, 'PendingCopyOperation', 'There is currently a pending copy operation.', there()),
  ...azure(409, 'SnapshotsPresent', 'This operation is not permitted while the blob has snapshots.', there()),
  {
    name: '409 whose code stands in the body alone',
    answer: {
      kind: 'answer',
      status: 409,
      body: xml('BlobAlreadyExists', 'The specified blob already exists.'),
    },
    is: there(/BlobAlreadyExists/),
  },
  {
    name: '409 whose code stands in the head alone',
    answer: { kind: 'answer', status: 409, headers: { 'x-ms-error-code': 'BlobAlreadyExists' } },
    is: there(/BlobAlreadyExists/),
  },

  // The same status with another message is a refusal, reported with that message.
  ...azure(
    412,
    'LeaseLost',
    'The lease for the blob has expired.',
    refused('destination_rejected', /has expired/),
  ),
  ...azure(
    412,
    'SourceConditionNotMet',
    'The source condition is not met.',
    refused('destination_rejected', /source/),
  ),
  ...azure(
    412,
    'SomethingNew',
    'A rule of next year is not met.',
    refused('destination_rejected', /next year/),
  ),
  ...azure(
    409,
    'ContainerDisabled',
    'Disabled by the administrator.',
    refused('destination_rejected', /administrator/),
  ),
  ...azure(
    409,
    'BlobOperationNotSupported',
    'Not supported in this scenario.',
    refused('destination_rejected', /scenario/),
  ),
  ...azure(
    409,
    'BlockCountExceedsLimit',
    'The uncommitted block count.',
    refused('destination_rejected', /uncommitted/),
  ),
  ...azure(
    409,
    'ContainerBeingDeleted',
    'The container is being deleted.',
    refused('destination_unavailable'),
  ),
  ...azure(409, 'AccountBeingCreated', 'The account is being created.', refused('destination_unavailable')),
  ...azure(
    400,
    'BlobAlreadyExists',
    'A code that belongs to another status.',
    refused('destination_rejected'),
  ),
  ...azure(
    400,
    'InvalidBlockList',
    'The specified block list is invalid.',
    refused('destination_unavailable'),
  ),
  ...azure(400, 'Md5Mismatch', 'The MD5 value did not match.', refused('network')),
  ...azure(
    400,
    'InvalidUri',
    'The requested URI does not represent any resource.',
    refused('destination_rejected', /URI/),
  ),
  ...azure(
    413,
    'RequestBodyTooLarge',
    'The body is too large.',
    refused('destination_rejected', /too large/),
  ),
  ...azure(404, 'ContainerNotFound', 'The specified container does not exist.', refused('bucket_missing')),
  ...azure(404, 'ResourceNotFound', 'The specified resource does not exist.', refused('bucket_missing')),
  ...azure(
    400,
    'InvalidHeaderValue',
    'Wrong format.',
    refused('destination_rejected', /API version.*another release/),
  ),
  {
    name: '400 InvalidHeaderValue that names another header than the version',
    answer: {
      kind: 'answer',
      status: 400,
      body: xml('InvalidHeaderValue', 'Wrong format.', { HeaderName: 'Content-MD5' }),
    },
    is: refused('destination_rejected', /Azure refuses the upload.*Content-MD5/),
  },
  { name: '307', answer: { kind: 'answer', status: 307 }, is: refused('destination_rejected', /redirect/) },

  // Throttling and server errors.
  ...azure(
    503,
    'ServerBusy',
    'Ingress is over the account limit.',
    unclear('destination_unavailable', /Ingress/),
  ),
  ...azure(
    500,
    'OperationTimedOut',
    'The operation could not be completed in time.',
    unclear('destination_unavailable'),
  ),
  ...azure(
    500,
    'InternalError',
    'The server encountered an internal error.',
    unclear('destination_unavailable'),
  ),
  ...azure(429, 'TooManyRequests', 'Too many requests.', refused('destination_unavailable')),
  { name: '408', answer: { kind: 'answer', status: 408 }, is: unclear('destination_unavailable') },
  { name: '502 of a proxy', answer: page(502), is: unclear('destination_unavailable') },

  // The outcome is unknown.
  {
    name: '409 without content',
    answer: { kind: 'answer', status: 409 },
    is: unclear('destination_unavailable'),
  },
  {
    name: '412 without content',
    answer: { kind: 'answer', status: 412 },
    is: unclear('destination_unavailable'),
  },
  { name: '412 of a proxy', answer: page(412), is: unclear('destination_unavailable') },
  {
    name: '409 with half a document',
    answer: { kind: 'answer', status: 409, body: xml('BlobAlreadyExists', 'The specified').slice(0, 90) },
    is: unclear('destination_unavailable'),
  },
  {
    name: '409 cut off in its body',
    answer: { kind: 'answer', status: 409, body: xml('BlobAlreadyExists', 'The specified'), cut: true },
    is: unclear('network'),
  },
  { name: '200 of a proxy', answer: page(200), is: unclear('destination_unavailable') },
  { name: '201 of a proxy', answer: page(201), is: unclear('destination_unavailable') },
  {
    name: '201 without an ETag',
    answer: { kind: 'answer', status: 201 },
    is: unclear('destination_unavailable'),
  },
  {
    name: '202',
    answer: { kind: 'answer', status: 202, headers: { etag: '"1"' } },
    is: unclear('destination_unavailable'),
  },
  {
    name: '201 cut off',
    answer: { kind: 'answer', status: 201, headers: { etag: '"1"' }, body: 'x', cut: true },
    is: unclear('network'),
  },
  {
    name: '201 with an ETag',
    answer: { kind: 'answer', status: 201, headers: { etag: '"1"' } },
    is: { kind: 'created' },
  },
  { name: 'a reset connection', answer: { kind: 'reset', afterBytes: 0 }, is: unclear('network') },
]);
