import { cloudWords } from './cloud-words.ts';

/** What Azure, or whoever stands in its place, answered to a request. */
export interface AzureAnswer {
  readonly status: number;
  /** Azure's word for it, such as `BlobAlreadyExists`; undefined if the answer holds none that can be read. */
  readonly code: string | undefined;
  /** Azure's explanation as it came: a message shows it by `wordsOf` only. May be empty. */
  readonly explanation: string;
  /** The header that Azure names as wrong. */
  readonly header?: string | undefined;
  readonly requestId: string | undefined;
}

/** The parts of the SDK's error that are read. The error itself reaches the request, and with it the signature. */
interface SdkError {
  readonly statusCode?: unknown;
  readonly response?: {
    readonly headers?: { get(name: string): string | undefined };
    readonly bodyAsText?: string | null;
  };
}

/** The answer that the SDK threw as an error; undefined if it threw for another reason. */
export function azureAnswer(thrown: unknown): AzureAnswer | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { statusCode, response } = thrown as SdkError;
  if (typeof statusCode !== 'number') return undefined;
  const { headers, bodyAsText } = response ?? {};
  // Half a document says nothing: the other half may say something else.
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
 * What an answer other than success says of the blob.
 *
 * It is there only if the answer can mean nothing else. The one condition that we send is `If-None-Match: *`, so no
 * other can be unmet; without the permission Write, a SAS may not overwrite (403); a blob of another type, one that is
 * archived, immutable, leased, being copied, or that has snapshots may not be written to.
 */
export function meaningOf({ status, code }: AzureAnswer): 'exists' | 'refused' | 'unclear' {
  if (code !== undefined && blobIsThereCodes.get(code) === status) return 'exists';
  // A success that the SDK does not know, or a fault behind which the request may have been carried out.
  if (status < 300 || status === 408 || status >= 500) return 'unclear';
  // Azure gives these to a blob that is there and to refusals; without its word, nobody knows which.
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

/** Status, code and explanation, to be shown to whoever has to act. */
export function wordsOf({ status, code, explanation }: AzureAnswer): string {
  return cloudWords(code === undefined ? `${status}` : `${status} ${code}`, explanation);
}

/** Elements that explain. Others repeat what was sent, which may be a credential. */
const explaining = ['Message', 'AuthenticationErrorDetail', 'Reason', 'HeaderName', 'QueryParameterName'];

/** Without the request's id and time, and without the text that Azure signed to compare, which holds parts of a SAS. */
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

/** Codes and ids are words; anything else a server sends is not passed on. */
function plainWord(value: string | undefined): string | undefined {
  return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}
