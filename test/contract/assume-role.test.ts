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
const careless = 'arn:aws:iam::123456789012:role/like-anything';

describe('assuming the role of a customer', () => {
  let server: StsServer;
  let proxy: FaultProxy;

  beforeAll(async () => {
    server = await startStsServer(
      new Map([
        [guarded, { externalId: 'account-7', credentials }],
        [open, { credentials }],
        [careless, { externalId: '*', credentials }],
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

  /**
   * The three requests of the last assumption: first with the account’s external id, then without one, then with a
   * random one.
   */
  const asked = () =>
    server.requests
      .slice(-3)
      .map(({ externalId, granted }) => ({ externalId, granted }))
      .sort((one, other) => rank(one.externalId) - rank(other.externalId));
  const rank = (externalId: string | undefined) =>
    externalId === 'account-7' ? 0 : externalId === undefined ? 1 : 2;

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
    expect(asked()).toEqual([
      { externalId: 'account-7', granted: true },
      { externalId: undefined, granted: false },
      { externalId: expect.stringMatching(/^[0-9a-f-]{36}$/), granted: false },
    ]);
    expect(server.requests.at(-1)).toMatchObject({ sessionName: 'siem-export', region: 'eu-central-1' });
  });

  test('names the session with what AWS allows', async () => {
    await assume({ sessionName: `siem-export ${'ü/'.repeat(50)}` });
    expect(server.requests.at(-1)?.sessionName).toBe(`siem-export-${'-'.repeat(52)}`);
  });

  test('refuses a role that needs no external id', async () => {
    await expectFailure(
      assume({ roleArn: open }),
      'role_unprotected',
      /without its external id.*sts:ExternalId/,
    );
  });

  test('refuses a role that takes any external id', async () => {
    await expectFailure(
      assume({ roleArn: careless }),
      'role_unprotected',
      /any external id.*StringEquals.*no StringLike/,
    );
  });

  test('makes up another external id each time', async () => {
    const before = server.requests.length;
    await assume();
    await assume();
    const madeUp = server.requests
      .slice(before)
      .map(({ externalId }) => externalId)
      .filter(id => id !== undefined && id !== 'account-7');
    expect(new Set(madeUp).size).toBe(2);
  });

  test('says what to do when the role does not let us in', async () => {
    await expectFailure(assume({ externalId: 'account-8' }), 'credentials_rejected', /trust policy/);
    await expectFailure(assume({ roleArn: `${guarded}-missing` }), 'credentials_rejected', /must exist/);
  });

  test('takes no other refusal for protection', async () => {
    await assume();
    // Without an external id the request is the shortest, with the random one the longest.
    const lengths = proxy.requests.map(({ headers }) => headers['content-length']);
    expect(new Set(lengths).size).toBe(3);
    for (const refused of lengths) {
      proxy.onRequest = ({ headers }) =>
        headers['content-length'] === refused
          ? { kind: 'answer', status: 403, body: refusal('InvalidClientTokenId') }
          : { kind: 'pass' };
      await expectFailure(assume(), 'internal', /InvalidClientTokenId/);
    }
  });

  test('tells an invalid ARN, an unavailable service and a broken network apart', async () => {
    proxy.onRequest = () => ({ kind: 'answer', status: 400, body: refusal('ValidationError') });
    await expectFailure(assume(), 'credentials_rejected', /account record/);
    proxy.onRequest = () => ({ kind: 'answer', status: 503 });
    await expectFailure(assume(), 'destination_unavailable', /now/);
    proxy.onRequest = () => ({ kind: 'reset', afterBytes: 0 });
    await expectFailure(assume(), 'network', /could not be reached/);
  });

  test('asks a silent service twice for each of the three, and waits no longer than for any other cloud', async () => {
    proxy.onRequest = () => ({ kind: 'silent' });
    await expectFailure(assume({ silenceMs: 300 }), 'no_answer', /in time/);
    expect(proxy.requests).toHaveLength(3 * 2);
  });
});

function refusal(code: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>refused</Message></Error></ErrorResponse>`;
}
