import { expect, test } from 'vitest';
import { answerOf, isNetworkTrouble } from '../../../lambdas/buckets/aws-answer.ts';

const thrown = (code: string, more: object = {}) => Object.assign(new Error('thrown'), { code, ...more });
const isTrouble = (error: Error) => isNetworkTrouble(answerOf(error));

test.each([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'ETIMEDOUT', 'EPIPE', 'EPROTO', 'EADDRNOTAVAIL'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENETRESET', 'ENOTCONN', 'ESHUTDOWN'],
  ...['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ESERVFAIL', 'EREFUSED', 'ETIMEOUT', 'ENODATA'],
  ...['UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT', 'ERR_HTTP2_STREAM_ERROR', 'ERR_STREAM_PREMATURE_CLOSE'],
  ...['ERR_SOCKET_CONNECTION_TIMEOUT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'ERR_SSL_WRONG_VERSION_NUMBER'],
  ...['CERT_HAS_EXPIRED', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'HOSTNAME_MISMATCH', 'INVALID_CA', 'CRL_HAS_EXPIRED'],
])('%s is the network’s', code => {
  expect(isTrouble(thrown(code))).toBe(true);
  expect(isTrouble(thrown(code, { $metadata: { httpStatusCode: 200 } }))).toBe(true);
});

test.each(['ERR_OUT_OF_RANGE', 'ERR_INVALID_ARG_TYPE', 'ENOENT', 'EISDIR', 'ENOSPC', 'EMFILE', 'internal'])(
  '%s is not',
  code => expect(isTrouble(thrown(code))).toBe(false),
);

test('an answer that took too long is the network’s, and a service’s own refusal is not', () => {
  expect(isTrouble(Object.assign(new Error('late'), { name: 'TimeoutError' }))).toBe(true);
  expect(isTrouble(Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } }))).toBe(false);
});
