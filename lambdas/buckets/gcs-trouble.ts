import { cloudWords } from './cloud-words.ts';
import { BrokenRequest } from './exchange.ts';

/** The receiver of a request: Google's token endpoint, the bucket, or the session of a resumable upload. */
export type GcsStage = 'token' | 'storage' | 'session';

/** The properties of a request that decide what its failure means. */
export interface Purpose {
  readonly stage: GcsStage;
  /** True if the request creates the object. */
  readonly creates: boolean;
}

interface TroubleDetails {
  /** HTTP status; undefined if no answer came. */
  readonly status?: number | undefined;
  /** The code of the API (`conditionNotMet`, `invalid_grant`), of the socket (`ECONNRESET`), or of this driver. */
  readonly reason?: string | undefined;
  /** The header or parameter that the API names for the reason. */
  readonly location?: string | undefined;
  readonly explanation?: string | undefined;
}

/** A request that Google refused, or that got no readable answer. Contains only what may be logged. */
export class GcsTrouble extends Error {
  override readonly name = 'GcsTrouble';
  readonly stage: GcsStage;
  /** True if the request creates the object and may have reached Google whole. */
  readonly creates: boolean;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly location: string | undefined;
  /** Google's explanation, shortened, without secrets. */
  readonly explanation: string | undefined;

  /** The message is status, reason and explanation, without secrets. */
  constructor({ stage, creates }: Purpose, { status, reason, location, explanation }: TroubleDetails) {
    const code = [status ?? 'no answer', reason].filter(part => part !== undefined).join(' ');
    super(cloudWords(code, explanation));
    this.stage = stage;
    this.creates = creates;
    this.status = status;
    this.reason = reason;
    this.location = location;
    this.explanation = cloudWords(undefined, explanation) || undefined;
  }

  /** True if Google may have created the object nevertheless. */
  get unclear(): boolean {
    if (this.status === undefined || this.#failed || this.#unreadable) return this.creates;
    // A session also ends when it has created its object. A proxy may have lost that answer and repeated the request.
    return this.creates && this.sessionLost;
  }

  /** True if the same request may succeed a moment later. */
  get passing(): boolean {
    if (this.status === undefined) return !this.silent;
    return this.#failed || this.#unreadable || this.throttled;
  }

  /** True if no byte came within the time limit, or connecting took too long. */
  get silent(): boolean {
    return this.reason === 'ETIMEDOUT';
  }

  /** True if Google rejected the request because of a rate limit. */
  get throttled(): boolean {
    return this.status === 429 || (this.status === 403 && limits.has(this.reason ?? ''));
  }

  /** True if the session of a resumable upload no longer exists. */
  get sessionLost(): boolean {
    return this.stage === 'session' && [404, 410, 499].includes(this.status ?? 0);
  }

  get #failed(): boolean {
    return this.status === 408 || (this.status ?? 0) >= 500;
  }

  /** A success without the object's resource, or a conflict without reason and explanation. */
  get #unreadable(): boolean {
    const { status = 0, reason, explanation } = this;
    if (status === 409 || status === 412) return reason === undefined && explanation === undefined;
    return status >= 200 && status < 300;
  }
}

/** The reasons of a temporary 403. */
const limits: ReadonlySet<string> = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'concurrentLimitExceeded',
]);

/** Turns an error of Google's libraries into a `GcsTrouble` without secrets. */
export function troubleOf(thrown: unknown, purpose: Purpose): GcsTrouble {
  const cause = propertyOf(thrown, 'cause');
  if (cause instanceof BrokenRequest) {
    const creates = purpose.creates && cause.handedOver;
    return new GcsTrouble({ ...purpose, creates }, { reason: wordIn(cause.code) });
  }
  const response = propertyOf(thrown, 'response');
  const status = propertyOf(response, 'status');
  if (typeof status === 'number')
    return troubleInAnswer({ status, data: propertyOf(response, 'data') }, purpose);
  // If an answer with a success status contains an error, the SDK throws that error's JSON itself.
  if (!(thrown instanceof Error)) return troubleInAnswer({ status: 200, data: { error: thrown } }, purpose);
  return new GcsTrouble(purpose, { reason: wordIn(propertyOf(thrown, 'code')) });
}

function troubleInAnswer(
  { status, data }: { readonly status: number; readonly data: unknown },
  purpose: Purpose,
): GcsTrouble {
  const error = propertyOf(data, 'error');
  const details = propertyOf(error, 'errors');
  const first: unknown = Array.isArray(details) ? details[0] : undefined;
  const explanation =
    propertyOf(data, 'error_description') ?? propertyOf(error, 'message') ?? propertyOf(first, 'message');
  return new GcsTrouble(purpose, {
    status,
    reason: wordIn(error) ?? wordIn(propertyOf(first, 'reason')),
    location: wordIn(propertyOf(first, 'location')),
    explanation: typeof explanation === 'string' ? explanation : undefined,
  });
}

/** The value if it looks like an error code. Longer text is dropped, because it may contain anything. */
function wordIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,48}$/.test(value) ? value : undefined;
}

export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** True for a temporary failure: the same request may succeed a moment later. */
export function isPassing(thrown: unknown): thrown is GcsTrouble {
  return thrown instanceof GcsTrouble && thrown.passing;
}
