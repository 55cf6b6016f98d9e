import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { printable } from '../../../lambdas/domain/printable.ts';

const token = `IQoJb3JpZ2luX2VjEJr//////////${'AbC9+/'.repeat(40)}==`;
const signature = '5f2a9c'.repeat(11).slice(0, 64);
const authorization = `AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261122/eu-central-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`;
const canonical = `POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:sqs.eu-central-1.amazonaws.com\nx-amz-date:20261122T120000Z\nx-amz-security-token:${token}\n\n    at host`;

const printed = (error: Error) => inspect(error, { depth: 9, showHidden: true });

describe('what is printed of an error', () => {
  it.each([
    `The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should have been\n'${canonical}'`,
    `The Canonical String for this request should have been '${canonical.replaceAll('\n', ' ')}'`,
    `'${token}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`,
    `Authorization=${authorization}`,
    `The token ${token} is expired`,
    `The signature ${signature} is not ours`,
    `Bearer ${token} may not do that`,
    `https://acme.blob.core.windows.net/?sv=2026&sig=${signature} failed`,
    'The token eyJhbGciOiJSUzI1NiJ9.eyJhdWQi.c2ln is not for us',
  ])('repeats nothing of a request: %s', message => {
    const thrown = Object.assign(new Error(message), {
      name: 'SignatureDoesNotMatch',
      CanonicalRequest: canonical,
      StringToSign: signature,
      $response: { headers: { 'x-amz-security-token': token }, body: message },
    });
    const wrapped = new Error('It failed', { cause: new Error('Once more', { cause: thrown }) });
    for (const error of [thrown, wrapped]) {
      const text = `${printed(printable(error))}${printable(error).stack}`;
      expect(text).toContain('SignatureDoesNotMatch');
      for (const secret of [
        token.slice(0, 20),
        token.slice(-20),
        signature,
        'ASIAEXAMPLE',
        'x-amz-',
        'eyJhd',
      ])
        expect(text).not.toContain(secret);
    }
  });

  it('is what helps: its name, its message, where it was thrown, and its causes', () => {
    const message =
      'User: arn:aws:sts::123456789012:assumed-role/siem-export-prod-exporter/siem-export-prod-exporter is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-central-1:123456789012:table/siem-export-prod-accounts';
    const cause = Object.assign(new Error(message), { name: 'AccessDeniedException' });
    const error = printable(new Error('3 of 9 messages could not be sent', { cause }));
    expect(error).toMatchObject({
      message: '3 of 9 messages could not be sent',
      cause: { name: 'AccessDeniedException', message },
    });
    expect(error.stack).toContain(`Caused by AccessDeniedException: ${message}`);
    expect((error.cause as Error).stack).toMatch(
      /^AccessDeniedException: User.*\n {4}at .*printable\.test\.ts/,
    );
  });

  it('ends, even if a cause is its own', () => {
    const error = new Error('again');
    error.cause = error;
    expect(printed(printable(error))).toContain('again');
  });

  it('is a text, if something else was thrown', () => {
    expect(printable(`no ${token}`).message).toBe('no …');
  });
});
