/** Answers of Amazon S3, or of others in its place, to the request that creates an object. */
import { type AnswerRow, describeAnswers, type ExpectedAnswer } from './bucket-answers.ts';
import type { BucketOpening } from './bucket-server.ts';
import type { Fault } from './fault-proxy.ts';
import { startEmbeddedS3 } from './s3-contract-server.ts';

const head = '<?xml version="1.0" encoding="UTF-8"?>';
const completed = `${head}<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>"1-2"</ETag></CompleteMultipartUploadResult>`;
const html = '<html><head><title>Sign in</title></head><body>Sign in to go on</body></html>';
const precondition = 'At least one of the pre-conditions you specified did not hold';

function said(status: number, code: string, message: string, detail = ''): Fault {
  const error = `${head}<Error><Code>${code}</Code><Message>${message}</Message>${detail}<RequestId>R1</RequestId></Error>`;
  return { kind: 'answer', status, headers: { 'content-type': 'application/xml' }, body: error };
}

function bare(
  status: number,
  body = '',
  more: { cut?: boolean; headers?: Record<string, string> } = {},
): Fault {
  return { kind: 'answer', status, body, ...more };
}

const refused = (code: (ExpectedAnswer & { kind: 'refused' })['code'], says?: RegExp): ExpectedAnswer =>
  says === undefined ? { kind: 'refused', code } : { kind: 'refused', code, says };
const unclear = (code: (ExpectedAnswer & { kind: 'unclear' })['code']): ExpectedAnswer => ({
  kind: 'unclear',
  code,
});
const notAuthorized = 'User: arn:aws:iam::111122223333:user/siem is not authorized to perform:';

const rows: readonly AnswerRow[] = [
  // Created.
  {
    name: '200 with an ETag',
    answer: bare(200, completed, { headers: { etag: '"1"' } }),
    is: { kind: 'created' },
  },

  // Exists: only by an unambiguous message.
  {
    name: '412 that names If-None-Match',
    answer: said(412, 'PreconditionFailed', precondition, '<Condition>If-None-Match</Condition>'),
    is: { kind: 'exists', says: /^PreconditionFailed: At least one of the pre-conditions/ },
  },
  {
    name: '412 with S3’s own sentence, of a server that names no condition',
    answer: said(412, 'PreconditionFailed', precondition),
    is: { kind: 'exists' },
  },

  // The status of an existing object, with another message.
  {
    name: '412 that names another condition',
    answer: said(
      412,
      'PreconditionFailed',
      precondition,
      '<Condition>Bucket POST must be multipart</Condition>',
    ),
    is: refused('destination_rejected', /PreconditionFailed: At least one/),
  },
  {
    name: '412 of a policy',
    answer: said(412, 'PreconditionFailed', 'The request violates a rule of your organization'),
    is: refused('destination_rejected', /violates a rule of your organization/),
  },
  {
    name: '412 with another code',
    answer: said(412, 'InvalidRequest', precondition),
    is: refused('destination_rejected', /InvalidRequest/),
  },
  { name: '412 without content', answer: bare(412), is: unclear('destination_unavailable') },
  { name: '412 with a page of a proxy', answer: bare(412, html), is: unclear('destination_unavailable') },
  {
    name: '412 with XML that ends too early',
    answer: bare(412, `${head}<Error><Code>Precondi`),
    is: unclear('destination_unavailable'),
  },
  {
    name: '412 that is cut off',
    answer: bare(412, `${head}<Error><Code>Precondi`, { cut: true }),
    is: unclear('network'),
  },

  // Two concurrent conditional writes.
  {
    name: '409 ConditionalRequestConflict',
    answer: said(409, 'ConditionalRequestConflict', 'Try again'),
    is: refused('destination_unavailable'),
  },
  {
    name: '409 OperationAborted',
    answer: said(409, 'OperationAborted', 'A conflicting operation is in progress'),
    is: refused('destination_unavailable'),
  },
  {
    name: '409 InvalidBucketState',
    answer: said(409, 'InvalidBucketState', 'Not valid with the current state'),
    is: refused('destination_rejected'),
  },
  { name: '409 without content', answer: bare(409), is: unclear('destination_unavailable') },

  // A successful answer that cannot be read.
  { name: '200 without content', answer: bare(200), is: unclear('destination_unavailable') },
  { name: '200 with blanks', answer: bare(200, ' \n '), is: unclear('destination_unavailable') },
  { name: '200 with a page of a proxy', answer: bare(200, html), is: unclear('destination_unavailable') },
  {
    name: '200 with XML that ends too early',
    answer: bare(200, completed.slice(0, -40)),
    is: unclear('destination_unavailable'),
  },
  {
    name: '200 that is cut off',
    answer: bare(200, completed.slice(0, -40), { cut: true }),
    is: unclear('network'),
  },
  {
    name: '200 with an error in it',
    answer: said(200, 'InternalError', 'We encountered an internal error'),
    is: unclear('destination_unavailable'),
  },
  {
    name: '200 with the words of an object that exists in it',
    answer: said(200, 'PreconditionFailed', precondition, '<Condition>If-None-Match</Condition>'),
    is: unclear('destination_unavailable'),
  },
  { name: '204', answer: bare(204), is: unclear('destination_unavailable') },

  // Errors of the service or the network.
  {
    name: '500 InternalError',
    answer: said(500, 'InternalError', 'Please try again'),
    is: unclear('destination_unavailable'),
  },
  { name: '502 with a page of a proxy', answer: bare(502, html), is: unclear('destination_unavailable') },
  {
    name: '503 SlowDown',
    answer: said(503, 'SlowDown', 'Please reduce your request rate'),
    is: unclear('destination_unavailable'),
  },
  { name: '503 that is cut off', answer: bare(503, head, { cut: true }), is: unclear('network') },
  { name: '408', answer: bare(408), is: unclear('network') },
  {
    name: '429',
    answer: said(429, 'TooManyRequests', 'Please reduce your request rate'),
    is: refused('destination_unavailable'),
  },
  {
    name: '400 ThrottlingException of the KMS',
    answer: said(400, 'ThrottlingException', 'You have exceeded the rate at which you may call KMS'),
    is: refused('destination_unavailable'),
  },
  { name: 'a connection that is reset', answer: { kind: 'reset', afterBytes: 0 }, is: unclear('network') },
  {
    name: '400 RequestTimeout',
    answer: said(400, 'RequestTimeout', 'Your socket connection was not read from'),
    is: refused('network'),
  },
  {
    name: '400 BadDigest',
    answer: said(400, 'BadDigest', 'The CRC32 you specified did not match'),
    is: refused('network'),
  },
  {
    name: '403 RequestTimeTooSkewed',
    answer: said(403, 'RequestTimeTooSkewed', 'The difference is too large'),
    is: refused('destination_unavailable'),
  },

  // Refusals, reported with the cause that S3 names and its remedy.
  {
    name: '403 AccessDenied without a cause',
    answer: said(403, 'AccessDenied', 'Access Denied'),
    is: refused('access_denied', /Access Denied.*grant s3:PutObject on/),
  },
  {
    name: '403 without content',
    answer: bare(403),
    is: refused('access_denied', /HTTP 403.*grant s3:PutObject/),
  },
  {
    name: '403 for want of s3:PutObject',
    answer: said(
      403,
      'AccessDenied',
      `${notAuthorized} s3:PutObject on resource: "arn:aws:s3:::b/k" because no identity-based policy allows the s3:PutObject action`,
    ),
    is: refused('access_denied', /user\/siem is not authorized.*grant s3:PutObject/),
  },
  {
    name: '403 for want of the KMS key',
    answer: said(
      403,
      'AccessDenied',
      `${notAuthorized} kms:GenerateDataKey on resource: arn:aws:kms:eu-central-1:111122223333:key/1234abcd because no resource-based policy allows the kms:GenerateDataKey action`,
    ),
    is: refused('access_denied', /grant kms:GenerateDataKey and kms:Decrypt, in the key's own policy/),
  },
  {
    name: '403 of an explicit deny in the bucket’s policy',
    answer: said(
      403,
      'AccessDenied',
      `${notAuthorized} s3:PutObject on resource: "arn:aws:s3:::b/k" with an explicit deny in a resource-based policy`,
    ),
    is: refused('access_denied', /a grant does not help: the resource-based policy that denies it/),
  },
  {
    name: '403 of a service control policy',
    answer: said(
      403,
      'AccessDenied',
      `${notAuthorized} s3:PutObject on resource: "arn:aws:s3:::b/k" with an explicit deny in a service control policy`,
    ),
    is: refused('access_denied', /a grant does not help: the service control policy/),
  },
  {
    name: '403 of a VPC endpoint',
    answer: said(
      403,
      'AccessDenied',
      `${notAuthorized} s3:PutObject on resource: "arn:aws:s3:::b/k" because no VPC endpoint policy allows the s3:PutObject action`,
    ),
    is: refused('access_denied', /the VPC endpoint policy must allow it, too/),
  },
  {
    name: '403 AllAccessDisabled',
    answer: said(403, 'AllAccessDisabled', 'All access to this object has been disabled'),
    is: refused('access_denied', /no permission is missing/),
  },
  {
    name: '403 InvalidAccessKeyId',
    answer: said(403, 'InvalidAccessKeyId', 'The key does not exist in our records'),
    is: refused('credentials_rejected', /does not exist in our records/),
  },
  {
    name: '400 ExpiredToken',
    answer: said(400, 'ExpiredToken', 'The provided token has expired'),
    is: refused('credentials_rejected'),
  },
  {
    name: '301 PermanentRedirect',
    answer: said(301, 'PermanentRedirect', 'Use another endpoint'),
    is: refused('wrong_region'),
  },
  {
    name: '400 with the bucket’s region',
    answer: said(400, 'AuthorizationHeaderMalformed', 'The region is wrong', '<Region>sa-east-1</Region>'),
    is: refused('wrong_region', /is in sa-east-1, not in/),
  },
  {
    name: '404 NoSuchBucket',
    answer: said(404, 'NoSuchBucket', 'The bucket does not exist'),
    is: refused('bucket_missing'),
  },
  {
    name: '404 NoSuchUpload',
    of: 'several requests',
    answer: said(404, 'NoSuchUpload', 'The upload does not exist'),
    is: refused('destination_unavailable'),
  },
  {
    name: '400 KMS.DisabledException',
    answer: said(400, 'KMS.DisabledException', 'The key is disabled'),
    is: refused('destination_rejected', /The key is disabled.*must be enabled/),
  },
  {
    name: '400 InvalidRequest',
    answer: said(400, 'InvalidRequest', 'Object Lock needs a checksum'),
    is: refused('destination_rejected', /Object Lock needs a checksum/),
  },
];

/** This server accepts parts of any size. */
const partSize = 64 * 1024;

async function start() {
  const server = await startEmbeddedS3();
  const open = ({ endpoint }: BucketOpening = {}) => server.openWith({ endpoint, partSize });
  return { ...server, open };
}

describeAnswers('S3', start, rows, 3 * partSize);
