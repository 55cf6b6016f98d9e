import { printable } from '../domain/printable.ts';

/** What an AWS service answered to a request that failed, or what the network said in its place. */
export interface AwsAnswer {
  /** The service's error code, or the name of the network's error. */
  readonly name: string;
  /** The HTTP status; absent if no answer came. */
  readonly status: number | undefined;
  /** The system's error code (`ECONNRESET`), if the connection broke. */
  readonly systemCode: string | undefined;
  /** The region in which the bucket is, if the answer tells. */
  readonly region: string | undefined;
  readonly requestId: string | undefined;
  /** The service's explanation; absent if no answer came, or none that could be read. */
  readonly explanation: string | undefined;
  /** The condition of the request that did not hold, if the answer names one. */
  readonly condition: string | undefined;
  /** False if no connection ever came to be, so that nothing of the request was sent. */
  readonly connected: boolean;
  /** True if the request ended because nothing came or went for too long, connecting included. */
  readonly silent: boolean;
}

/** Reads whatever the SDK threw. */
export function answerOf(thrown: unknown): AwsAnswer {
  const error = asRecord(thrown);
  const metadata = asRecord(error.$metadata);
  const response = asRecord(error.$response);
  const name = text(error.name) ?? typeof thrown;
  const message = text(error.message) ?? '';
  const systemCode = text(error.code);
  const ranOut = name === 'TimeoutError' && systemCode === undefined;
  return {
    name,
    status: number(metadata.httpStatusCode) ?? number(response.statusCode),
    systemCode,
    region: text(asRecord(response.headers)['x-amz-bucket-region']) ?? text(error.Region),
    requestId: text(metadata.requestId),
    // The SDK gives `$fault` to what it made of an answer, and this name if the answer named no error.
    explanation: error.$fault !== undefined && name !== 'Unknown' ? message : undefined,
    condition: text(error.Condition),
    connected: !(
      connecting.has(text(error.syscall) ?? '') ||
      (thrown instanceof AggregateError && systemCode !== undefined) ||
      neverConnectedCodes.some(codes => codes.test(systemCode ?? '')) ||
      (ranOut && message.includes('did not establish a connection'))
    ),
    silent: ranOut || systemCode === 'ETIMEDOUT',
  };
}

/** What Node calls the steps of connecting. Of several addresses that were tried in vain it makes an AggregateError. */
const connecting = new Set(['connect', 'getaddrinfo']);

/** Codes that no established connection has: of names, and of certificates, which are checked before a request is sent. */
const neverConnectedCodes = [
  /^(ECONNREFUSED|EADDRNOTAVAIL)$/,
  /^E(AI_[A-Z]+|NOTFOUND|NODATA|SERVFAIL|REFUSED|TIMEOUT|FORMERR|BADRESP)$/,
  /^(CERT|CRL|ERROR_IN_C|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)\w+$/,
  /^(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/,
];

/** And those of sockets, of HTTP and of TLS. Others are of files, or faults of ours. */
const networkCodes = [
  ...neverConnectedCodes,
  /^E(ADDR|CONN|HOST|NET)[A-Z]+$/,
  /^E(PIPE|PROTO|NOTCONN|SHUTDOWN|ALREADY|ISCONN|NOBUFS|TIMEDOUT|CANCELLED)$/,
  /^(HPE|UND_ERR|ERR_HTTP2|ERR_SOCKET|ERR_TLS|ERR_SSL)_/,
  /^ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)$/,
];

/** True if the service itself never answered, or not to the end: the network failed, or its certificate did. */
export function isNetworkTrouble({ name, status, systemCode = '' }: AwsAnswer): boolean {
  return (
    networkCodes.some(codes => codes.test(systemCode)) || (status === undefined && name === 'TimeoutError')
  );
}

/** True if the service is overloaded or broken, so that the same request may succeed later. */
export function isServiceTrouble({ name, status = 0 }: AwsAnswer): boolean {
  return (
    status >= 500 ||
    status === 429 ||
    /^(KMS\.)?(SlowDown|Throttl|RequestLimitExceeded|RequestThrottled|TooManyRequests)/.test(name)
  );
}

/** What may be printed of the thrown error, with what the answer says. */
export function printableCause(thrown: unknown): Error {
  const { status, systemCode, requestId } = answerOf(thrown);
  return Object.assign(printable(thrown), defined({ status, systemCode, requestId }));
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
