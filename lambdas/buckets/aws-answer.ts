import { printable } from '../domain/printable.ts';

/** The answer of an AWS service to a failed request, or the network's error if no answer came. */
export interface AwsAnswer {
  /** The service's error code, or the name of the network's error. */
  readonly name: string;
  /** The HTTP status; absent if no answer came. */
  readonly status: number | undefined;
  /** The system's error code (`ECONNRESET`), if the connection broke. */
  readonly systemCode: string | undefined;
  /** The bucket's region, if the answer names it. */
  readonly region: string | undefined;
  readonly requestId: string | undefined;
  /** The service's explanation; absent if no readable answer came. */
  readonly explanation: string | undefined;
  /** The condition of the request that was not met, if the answer names it. */
  readonly condition: string | undefined;
  /** False if no connection was established, so that nothing of the request was sent. */
  readonly connected: boolean;
  /** True if the request ended because no byte was sent or received for too long, or connecting took too long. */
  readonly silent: boolean;
}

/** Reads the answer from an error of the SDK. */
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
    // The SDK sets `$fault` on errors made from an answer, and names them `Unknown` if the answer has no error code.
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

/** Node's names for the steps of connecting. If it tried several addresses in vain, it throws an AggregateError. */
const connecting = new Set(['connect', 'getaddrinfo']);

/** Codes of errors before a connection is established: in name resolution, and in checking the certificate. */
const neverConnectedCodes = [
  /^(ECONNREFUSED|EADDRNOTAVAIL)$/,
  /^E(AI_[A-Z]+|NOTFOUND|NODATA|SERVFAIL|REFUSED|TIMEOUT|FORMERR|BADRESP)$/,
  /^(CERT|CRL|ERROR_IN_C|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT)\w+$/,
  /^(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/,
];

/** All network errors: also those of sockets, HTTP and TLS. Other system codes concern files or bugs of this code. */
const networkCodes = [
  ...neverConnectedCodes,
  /^E(ADDR|CONN|HOST|NET)[A-Z]+$/,
  /^E(PIPE|PROTO|NOTCONN|SHUTDOWN|ALREADY|ISCONN|NOBUFS|TIMEDOUT|CANCELLED)$/,
  /^(HPE|UND_ERR|ERR_HTTP2|ERR_SOCKET|ERR_TLS|ERR_SSL)_/,
  /^ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)$/,
];

/** True if the service sent no complete answer, because of the network or its certificate. */
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

/** The part of a thrown error that may be logged, with details of the answer. */
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
