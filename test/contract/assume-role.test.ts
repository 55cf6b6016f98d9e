import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { assumeRole, type RoleAssumption } from '../../lambdas/buckets/assume-role.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { type StsServer, startStsServer } from '../../local/servers/sts-server.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const credentials = {
  accessKeyId: 'ASIATEMPORARY0000001',
  secretAccessKey: 'tEmp0rary/sEcret+k3y',
  sessionToken: 't0ken-of-the-session',
};
const own = { accessKeyId: 'AKIAOURSELVES0000001', secretAccessKey: 'oUr/0wn+Secret5k3y7' };
const guarded = 'arn:aws:iam::123456789012:role/siem-export';
const open = 'arn:aws:iam::123456789012:role/open-to-all';

describe('assuming the role of a customer', () => {
  let server: StsServer;
  let proxy: FaultProxy;

  beforeAll(async () => {
    server = await startStsServer(
      new Map([
        [guarded, { externalId: 'account-7', credentials }],
        [open, { credentials }],
      ]),
    );
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    proxy = await startFaultProxy(server.endpoint);
  });
  afterEach(() => proxy.close());

  const assume = (options: Partial<RoleAssumption> = {}) =>
    assumeRole({
      roleArn: guarded,
      externalId: 'account-7',
      sessionName: 'siem-export',
      bucket: 'their-bucket',
      region: 'eu-central-1',
      endpoint: proxy.endpoint,
      credential: own,
      ...options,
    });

  async function expectFailure(assumption: Promise<unknown>, code: string, message: RegExp): Promise<void> {
    const failure = await assumption.then(
      () => expect.fail('resolved'),
      (thrown: unknown) => thrown,
    );
    if (!(failure instanceof ExportError)) throw failure;
    expect(failure.code).toBe(code);
    expect(failure.message).toContain('their-bucket');
    expect(failure.message).toMatch(message);
    expect(inspect(failure, { depth: 20, showHidden: true })).not.toMatch(/oUr\/0wn|tEmp0rary|Signature=/);
  }

  test('gives its temporary credentials', async () => {
    expect(await assume()).toEqual({ type: 's3', ...credentials });
    expect(server.sessions.at(-1)).toBe('siem-export');
  });

  test('names the session with what AWS allows', async () => {
    await assume({ sessionName: `siem-export ${'ü/'.repeat(50)}` });
    expect(server.sessions.at(-1)).toBe(`siem-export-${'-'.repeat(52)}`);
  });

  test('refuses a role that needs no external id', async () => {
    await expectFailure(assume({ roleArn: open }), 'role_unprotected', /sts:ExternalId/);
  });

  test('says what to do when the role does not let us in', async () => {
    await expectFailure(assume({ externalId: 'account-8' }), 'credentials_rejected', /trust policy/);
    await expectFailure(assume({ roleArn: `${guarded}-missing` }), 'credentials_rejected', /must exist/);
  });

  test('takes no other refusal for protection', async () => {
    proxy.onRequest = () =>
      proxy.requests.length === 1
        ? { kind: 'answer', status: 403, body: refusal('InvalidClientTokenId') }
        : { kind: 'pass' };
    await expectFailure(assume(), 'internal', /InvalidClientTokenId/);
    expect(proxy.requests).toHaveLength(1);
  });

  test('tells an invalid ARN, an unavailable service and a broken network apart', async () => {
    proxy.onRequest = () => ({ kind: 'answer', status: 400, body: refusal('ValidationError') });
    await expectFailure(assume(), 'credentials_rejected', /account record/);
    proxy.onRequest = () => ({ kind: 'answer', status: 503 });
    await expectFailure(assume(), 'destination_unavailable', /now/);
    proxy.onRequest = () => ({ kind: 'reset', afterBytes: 0 });
    await expectFailure(assume(), 'network', /could not be reached/);
  });

  test('waits for a silent service twice, and no longer than for any other cloud', async () => {
    proxy.onRequest = () => ({ kind: 'silent' });
    await expectFailure(assume({ silenceMs: 300 }), 'no_answer', /in time/);
    expect(proxy.requests).toHaveLength(2);
  });
});

function refusal(code: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`;
}
