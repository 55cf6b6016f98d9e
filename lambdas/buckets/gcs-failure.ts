import { ExportError, type FailureCode } from '../domain/failure.ts';

/** Whom a request was for: Google's token endpoint, the bucket, or the session of a resumable upload. */
export type GcsStage = 'token' | 'storage' | 'session';

interface TroubleDetails {
  /** HTTP status; undefined if no answer came. */
  readonly status?: number | undefined;
  /** The API's word (`conditionNotMet`, `invalid_grant`) or the socket's (`ECONNRESET`). */
  readonly reason?: string | undefined;
  readonly explanation?: string | undefined;
}

/**
 * A request that Google refused, or that got no answer. Holds only what a log may show: the client's own errors carry
 * the request with its token, so nothing of them is kept.
 */
export class GcsTrouble extends Error {
  override readonly name = 'GcsTrouble';
  readonly stage: GcsStage;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly explanation: string | undefined;
  /** True if the request creates the object and had been sent before without a clear answer. */
  repeated = false;

  constructor(stage: GcsStage, { status, reason, explanation }: TroubleDetails) {
    const what = [status ?? 'no answer', reason].filter(part => part !== undefined).join(' ');
    super(`${stage}: ${what}${explanation === undefined ? '' : ` (${explanation})`}`);
    this.stage = stage;
    this.status = status;
    this.reason = reason;
    this.explanation = explanation;
  }

  /** True if the same request may succeed a moment later. */
  get passing(): boolean {
    return this.status === undefined || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** True if Google may have carried out the request all the same. */
  get unclear(): boolean {
    const refused = this.stage === 'token' || this.status === 429 || neverConnected.has(this.reason ?? '');
    return this.passing && !refused;
  }
}

const neverConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** The reason of the trouble that Google's answer names another checksum than that of the bytes sent. */
export const checksumDiffers = 'checksum_differs';

/** What a client threw, as trouble without any secret. */
export function troubleOf(thrown: unknown, stage: GcsStage): GcsTrouble {
  const response = propertyOf(thrown, 'response');
  const status = propertyOf(response, 'status');
  if (typeof status === 'number') return troubleInAnswer(status, propertyOf(response, 'data'), stage);
  const cause = propertyOf(thrown, 'cause');
  return new GcsTrouble(stage, {
    reason: wordIn(propertyOf(thrown, 'code')) ?? wordIn(propertyOf(cause, 'code')),
  });
}

/** An answer that is not the hoped-for one, as trouble. */
export function troubleInAnswer(status: number, data: unknown, stage: GcsStage): GcsTrouble {
  const error = propertyOf(data, 'error');
  const details = propertyOf(error, 'errors');
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  const reason = wordIn(error) ?? wordIn(propertyOf(first, 'reason'));
  const explanation = propertyOf(data, 'error_description') ?? propertyOf(error, 'message');
  return new GcsTrouble(stage, {
    status,
    reason,
    explanation: typeof explanation === 'string' ? redacted(explanation) : undefined,
  });
}

/** The trouble as the failure that names what to do about it. */
export function toGcsFailure(trouble: GcsTrouble, bucket: string): ExportError {
  const [code, text] = diagnose(trouble, bucket);
  return new ExportError(code, text, { cause: trouble, unclear: trouble.repeated });
}

function diagnose({ stage, status, reason }: GcsTrouble, bucket: string): [FailureCode, string] {
  const at = `the GCS bucket ${bucket}`;
  if (status === undefined)
    return [
      'network',
      `Google Cloud could not be reached for ${at}, or the connection broke (${reason ?? 'no answer'})`,
    ];
  if (status === 408 || status === 429 || status >= 500)
    return ['destination_unavailable', `Google Cloud answers ${status} to requests for ${at}`];
  if (stage === 'token')
    return [
      'credentials_rejected',
      `Google does not accept the service account's key for ${at} (${reason ?? status}): the key may be deleted or the ` +
        'account disabled; put a new key into the secret',
    ];
  if (status === 401)
    return [
      'credentials_rejected',
      `${at} does not accept the service account's token: check that the account is enabled, or put a new key into the secret`,
    ];
  if (status === 403)
    return [
      'access_denied',
      `The service account may not create objects in ${at} (${reason ?? status}): grant it storage.objects.create there, ` +
        'for example with the role Storage Object Creator',
    ];
  if (stage === 'session' && (status === 404 || status === 410 || status === 499))
    return ['destination_unavailable', `Google Cloud lost the upload session in ${at} (${status})`];
  if (status === 404)
    return [
      'bucket_missing',
      `There is no bucket ${bucket} in Google Cloud Storage: create it or correct the account record`,
    ];
  if (reason === checksumDiffers)
    return [
      'destination_rejected',
      `Google Cloud stored other bytes in ${at} than were sent: delete the object, so that it is written again`,
    ];
  return [
    'destination_rejected',
    `Google Cloud refuses the upload to ${at} (${status}${reason === undefined ? '' : ` ${reason}`})`,
  ];
}

/** A single word of an error code; anything longer is not one, and may be anything. */
function wordIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^\w{1,48}$/.test(value) ? value : undefined;
}

/** Google's explanation with everything taken out that could be a token, a signature or a key. */
function redacted(explanation: string): string {
  return explanation.slice(0, 300).replaceAll(/[\w+/=-]{24,}/g, '…');
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
