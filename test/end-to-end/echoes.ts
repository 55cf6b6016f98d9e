import type { Fault, SeenRequest } from '../contract/fault-proxy.ts';
import type { Cloud } from './evidence.ts';

/**
 * Answers that repeat the request, as the clouds do to help their users: S3 the access key id, the token and the text
 * to sign, Azure the URL with its signature, Google whatever a proxy adds.
 */
export function echoOf(cloud: Cloud, status: number, { method, path, headers }: SeenRequest): Fault {
  const authorization = String(headers.authorization ?? '');
  const url = `https://localmode.example${path}`;
  const location = { location: `http://127.0.0.1:1${path}` };
  if (cloud === 'gcs') {
    const message = `${authorization} may not ${method} ${url}`;
    const body = { error: { code: status, message, errors: [{ reason: 'forbidden', message }] } };
    return answer(status, { 'content-type': 'application/json', ...location }, JSON.stringify(body));
  }
  if (cloud === 'azure')
    return answer(
      status,
      { 'content-type': 'application/xml', 'x-ms-error-code': 'AuthenticationFailed', ...location },
      `<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request. ${escaped(url)}</Message>` +
        `<AuthenticationErrorDetail>Signature did not match: ${escaped(authorization)} ${escaped(url)}</AuthenticationErrorDetail></Error>`,
    );
  const [, accessKeyId = ''] = /Credential=([^/]+)/.exec(authorization) ?? [];
  return answer(
    status,
    { 'content-type': 'application/xml', ...location },
    `<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match</Message>` +
      `<AWSAccessKeyId>${accessKeyId}</AWSAccessKeyId><Token-0>${escaped(String(headers['x-amz-security-token']))}</Token-0>` +
      `<StringToSign>${escaped(JSON.stringify(headers))}</StringToSign><SignatureProvided>${escaped(authorization)}</SignatureProvided></Error>`,
  );
}

function answer(status: number, headers: Record<string, string>, body: string): Fault {
  return { kind: 'answer', status, headers, body };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
