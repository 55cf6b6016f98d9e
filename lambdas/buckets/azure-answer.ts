import { cloudWords } from './cloud-words.ts';

/** An answer to a request, from Azure or from a proxy in between. */
export interface AzureAnswer {
  readonly status: number;
  /** Azure's error code, such as `BlobAlreadyExists`; undefined if the answer has no readable one. */
  readonly code: string | undefined;
  /** Azure's explanation, unfiltered: show it only through `wordsOf`, which removes secrets. May be empty. */
  readonly explanation: string;
  /** The request's header that Azure names as invalid. */
  readonly header?: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * The parts of the SDK's error that are used. The error itself must not be logged: it references the signed request.
 */
interface SdkError {
  readonly statusCode?: unknown;
  readonly response?: {
    readonly headers?: { get(name: string): string | undefined };
    readonly bodyAsText?: string | null;
  };
}

/** The answer in an error of the SDK; undefined if the SDK threw for another reason. */
export function azureAnswer(thrown: unknown): AzureAnswer | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusCode, response } = thrown as SdkError;
  if (typeof statusCode !== 'number') return undefined;
  const { headers, bodyAsText } = response ?? {};
  // An incomplete document is not used: the missing part could change its meaning.
  const document = /<Error>[\s\S]*<\/Error>/.exec(bodyAsText ?? '')?.[0] ?? '';
  return {
    status: statusCode,
    code: plainWord(headers?.get('x-ms-error-code') ?? textOf(document, 'Code')),
    explanation: explanationIn(document),
    header: textOf(document, 'HeaderName'),
    requestId: plainWord(headers?.get('x-ms-request-id')),
  };
}

/**
 * What an answer other than success says about the blob.
 *
 * `exists` only if the answer can mean nothing else. The only condition that we send is `If-None-Match: *`, so no other
 * condition can be unmet. A SAS without the permission Write may not overwrite (403). A blob may not be overwritten if
 * it has another type, is archived, immutable, leased or being copied, or has snapshots.
 */
export function meaningOf({ status, code }: AzureAnswer): 'exists' | 'refused' | 'unclear' {
  if (code !== undefined && blobIsThereCodes.get(code) === status) return 'exists';
  // A success that the SDK does not know, or an error after which the request may still have been carried out.
  if (status < 300 || status === 408 || status >= 500) return 'unclear';
  // Azure uses these two both for existing blobs and for refusals. Without the error code both are possible.
  if (code === undefined && (status === 409 || status === 412)) return 'unclear';
  return 'refused';
}

const blobIsThereCodes: ReadonlyMap<string, number> = new Map([
  ['UnauthorizedBlobOverwrite', 403],
  ['BlobAlreadyExists', 409],
  ['BlobArchived', 409],
  ['BlobBeingRehydrated', 409],
  ['BlobImmutableDueToLegalHold', 409],
  ['BlobImmutableDueToPolicy', 409],
  ['InvalidBlobType', 409],
  ['PendingCopyOperation', 409],
  ['SnapshotsPresent', 409],
  ['ConditionNotMet', 412],
  ['LeaseIdMismatchWithBlobOperation', 412],
  ['LeaseIdMissing', 412],
]);

/** Status, code and explanation, without secrets, for an error message. */
export function wordsOf({ status, code, explanation }: AzureAnswer): string {
  return cloudWords(code === undefined ? `${status}` : `${status} ${code}`, explanation);
}

/** Elements with explanations. Other elements can repeat parts of the request, which may include a credential. */
const explaining = ['Message', 'AuthenticationErrorDetail', 'Reason', 'HeaderName', 'QueryParameterName'];

/** Leaves out the request's id and time, and the string-to-sign, which contains parts of a SAS. */
function explanationIn(document: string): string {
  return explaining
    .map(element => textOf(document, element) ?? '')
    .join(' ')
    .replaceAll(/\b(?:RequestId|Time):\S*/g, '')
    .replace(/(?:server used following )?string[- ]to[- ]sign.*/is, '')
    .trim();
}

function textOf(document: string, element: string): string | undefined {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(document)?.[1];
}

/** The value if it looks like a code or an id. Other text from a server is dropped, because it may hold anything. */
function plainWord(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
