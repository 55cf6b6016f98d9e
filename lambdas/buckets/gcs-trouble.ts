import { cloudWords } from './cloud-words.ts';
import { BrokenRequest } from './exchange.ts';

/** Whom a request was for: Google's token endpoint, the bucket, or the session of a resumable upload. */
export type GcsStage = 'token' | 'storage' | 'session';

/** What a request was, as far as its failing matters. */
export interface Purpose {
  readonly stage: GcsStage;
  /** True if the request creates the object. */
  readonly creates: boolean;
}

interface TroubleDetails {
  /** HTTP status; undefined if no answer came. */
  readonly status?: number | undefined;
  /** The API's word (`conditionNotMet`, `invalid_grant`), the socket's (`ECONNRESET`), or ours. */
  readonly reason?: string | undefined;
  /** What the API says that the reason is about: a header or a parameter. */
  readonly location?: string | undefined;
  readonly explanation?: string | undefined;
}

/**
 * A request that Google refused, or that got no answer or none that can be read. Holds only what a log may show.
 */
export class GcsTrouble extends Error {
  override readonly name = 'GcsTrouble';
  readonly stage: GcsStage;
  /** True if the request creates the object and may have reached Google whole. */
  readonly creates: boolean;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly location: string | undefined;
  /** Google's own words, shortened, without anything secret. */
  readonly explanation: string | undefined;

  /** The message is status, reason and explanation, as they may be shown to whoever has to act. */
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

  /** True if Google may have created the object all the same. */
  get unclear(): boolean {
    if (this.status === undefined || this.#failed || this.#unreadable) return this.creates;
    // A session that has created its object is gone, too, and whoever lost the first answer may have asked for us.
    return this.creates && this.sessionLost;
  }

  /** True if the same request may succeed a moment later. */
  get passing(): boolean {
    if (this.status === undefined) return !this.silent;
    return this.#failed || this.#unreadable || this.throttled;
  }

  /** True if Google was silent for as long as a request may wait, or connecting took too long. */
  get silent(): boolean {
    return this.reason === 'ETIMEDOUT';
  }

  /** True if Google has not carried out the request because there are too many. */
  get throttled(): boolean {
    return this.status === 429 || (this.status === 403 && limits.has(this.reason ?? ''));
  }

  /** True if the session of a resumable upload is no more. */
  get sessionLost(): boolean {
    return this.stage === 'session' && [404, 410, 499].includes(this.status ?? 0);
  }

  get #failed(): boolean {
    return this.status === 408 || (this.status ?? 0) >= 500;
  }

  /** A success without the object's resource, or a conflict without a word of what conflicts. */
  get #unreadable(): boolean {
    const { status = 0, reason, explanation } = this;
    if (status === 409 || status === 412) return reason === undefined && explanation === undefined;
    return status >= 200 && status < 300;
  }
}

/** The reasons of a 403 that passes. */
const limits: ReadonlySet<string> = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'quotaExceeded',
  'dailyLimitExceeded',
  'concurrentLimitExceeded',
]);

/** What Google's libraries threw, as trouble without any secret. */
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
  // What stands in an answer that says success, the SDK throws as it is.
  if (!(thrown instanceof Error)) return troubleInAnswer({ status: 200, data: { error: thrown } }, purpose);
  return new GcsTrouble(purpose, { reason: wordIn(propertyOf(thrown, 'code')) });
}

/** An answer that is not the hoped-for one, as trouble. */
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

/** A single word of an error code; anything longer is not one, and may be anything. */
function wordIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,48}$/.test(value) ? value : undefined;
}

export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** True for trouble after which the same request may succeed a moment later. */
export function isPassing(thrown: unknown): thrown is GcsTrouble {
  return thrown instanceof GcsTrouble && thrown.passing;
}
