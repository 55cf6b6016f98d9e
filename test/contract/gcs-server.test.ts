import { sign } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GcsServer, startGcsServer } from '../../local/servers/gcs-server.ts';
import { newServiceAccount } from './gcs-bucket-server.ts';

const account = newServiceAccount();
const stranger = newServiceAccount();
const granule = 256 * 1024;
const objects = '/storage/v1/b/audit-logs/o';
const wrongChecksum = checksumOf('other');

let server: GcsServer;
let token: string;

beforeAll(async () => {
  server = await startGcsServer({
    serviceAccounts: [account],
    buckets: [{ name: 'audit-logs' }, { name: 'denied-logs', denied: true }],
  });
  token = (await jsonOf<{ access_token: string }>(askToken(assertion()))).access_token;
});
afterAll(() => server.close());

describe('the token endpoint of the GCS server', () => {
  test('gives a bearer token for an assertion that the account signed', async () => {
    const answer = await askToken(assertion());
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', access_token: expect.any(String) });
  });

  const now = Math.floor(Date.now() / 1000);
  const refused: [string, string][] = [
    ['signed with another key', assertion({}, stranger)],
    ['of an unknown account', assertion({ iss: 'nobody@example.com' })],
    ['for another audience', assertion({ aud: 'https://example.com/token' })],
    ['that has expired', assertion({ iat: now - 7200, exp: now - 3600 })],
    ['that lives too long', assertion({ exp: now + 86_400 })],
    ['without a scope for storage', assertion({ scope: 'https://www.googleapis.com/auth/calendar' })],
    ['without a signature', assertion().replace(/[^.]+$/, '')],
    ['that is no JWT', 'no.jwt.at-all'],
  ];
  test.each(refused)('refuses an assertion %s', async (_fault, text) => {
    const answer = await askToken(text);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('the GCS server', () => {
  test.each(['', 'Bearer made-up', 'Basic x'])('answers 401 to the authorization %j', async authorization => {
    expect((await api('GET', objects, { headers: { authorization } })).status).toBe(401);
  });

  test('answers 404 for a missing bucket, 403 for a denied one', async () => {
    expect((await api('GET', '/storage/v1/b/nothing-here/o')).status).toBe(404);
    expect((await api('GET', '/storage/v1/b/denied-logs/o')).status).toBe(403);
  });

  test('stores a simple upload, shows its resource, its bytes, its checksums, and deletes it', async () => {
    const created = await upload('media', 'a/b c.txt', 'hello');
    expect(created.status).toBe(200);
    const resource = await (await api('GET', `${objects}/a%2Fb%20c.txt`)).json();
    expect(resource).toMatchObject({ name: 'a/b c.txt', size: '5', crc32c: checksumOf('hello') });
    expect(await (await api('GET', `${objects}/a%2Fb%20c.txt?alt=media`)).text()).toBe('hello');
    expect((await api('DELETE', `${objects}/a%2Fb%20c.txt?ifGenerationMatch=1`)).status).toBe(412);
    expect((await api('DELETE', `${objects}/a%2Fb%20c.txt`)).status).toBe(204);
    expect((await api('GET', `${objects}/a%2Fb%20c.txt`)).status).toBe(404);
  });

  test('gives every version of an object a greater generation', async () => {
    const generations: number[] = [];
    for (const body of ['one', 'two'])
      generations.push(
        Number((await jsonOf<{ generation: string }>(upload('media', 'versions', body))).generation),
      );
    expect(generations[1]).toBeGreaterThan(generations[0] ?? Number.POSITIVE_INFINITY);
  });

  test('lists by prefix in order of names, page by page', async () => {
    for (const name of ['list/c', 'list/a', 'list/b', 'other']) await upload('media', name, name);
    const first = await jsonOf<Page>(api('GET', `${objects}?prefix=list/&maxResults=2`));
    expect(first.items.map(({ name }) => name)).toEqual(['list/a', 'list/b']);
    const second = await jsonOf<Page>(
      api('GET', `${objects}?prefix=list/&maxResults=2&pageToken=${first.nextPageToken}`),
    );
    expect(second.items.map(({ name }) => name)).toEqual(['list/c']);
    expect(second.nextPageToken).toBeUndefined();
  });

  test('keeps an object that exists from every kind of creation', async () => {
    await upload('media', 'taken', 'first');
    for (const type of ['media', 'multipart', 'resumable'] as const) {
      const answer = await upload(type, 'taken', 'second', { precondition: true });
      expect(answer.status).toBe(412);
      const message = 'At least one of the pre-conditions you specified did not hold.';
      const place = { locationType: 'header', location: 'If-Match' };
      expect(await answer.json()).toEqual({
        error: {
          code: 412,
          message,
          errors: [{ message, domain: 'global', reason: 'conditionNotMet', ...place }],
        },
      });
    }
    expect(server.readObject('audit-logs', 'taken')?.body.toString()).toBe('first');
  });

  test('refuses bytes that do not match the declared checksum, wherever it is declared', async () => {
    const headers = { 'x-goog-hash': `crc32c=${wrongChecksum}` };
    const uri = await begin('refused');
    const answers = [
      await upload('media', 'refused', 'hello', { headers }),
      await upload('media', 'refused', 'hello', {
        headers: { 'x-goog-hash': 'md5=AAAAAAAAAAAAAAAAAAAAAA==' },
      }),
      await upload('multipart', 'refused', 'hello', { resource: { crc32c: wrongChecksum } }),
      await put(uri, 'bytes 0-4/5', 'hello', headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    expect(server.readObject('audit-logs', 'refused')).toBeUndefined();
  });

  test('takes a resumable upload chunk by chunk and tells how far it is', async () => {
    const uri = await begin('chunks');
    expect((await put(uri, 'bytes */*')).headers.get('range')).toBeNull();
    const chunk = 'x'.repeat(granule);
    const first = await put(uri, `bytes 0-${granule - 1}/*`, chunk);
    expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${granule - 1}`]);
    expect((await put(uri, 'bytes */*')).headers.get('range')).toBe(`bytes=0-${granule - 1}`);
    // A repeated chunk is stored once.
    await put(uri, `bytes 0-${granule - 1}/*`, chunk);
    expect((await put(uri, `bytes ${granule}-${granule + 2}/${granule + 3}`, 'end')).status).toBe(200);
    expect((await put(uri, 'bytes */*')).status).toBe(200);
    expect(server.readObject('audit-logs', 'chunks')?.body.toString()).toBe(`${chunk}end`);
  });

  test('refuses a chunk that leaves a gap, has an odd size, or other bytes than it says', async () => {
    const uri = await begin('faulty');
    for (const [range, content] of [
      [`bytes ${granule}-${2 * granule - 1}/*`, 'x'.repeat(granule)],
      ['bytes 0-4/*', 'hello'],
      ['bytes 0-9/10', 'hello'],
      ['five bytes', 'hello'],
    ] as const)
      expect((await put(uri, range, content)).status).toBe(400);
    expect((await put(uri, 'bytes */*')).headers.get('range')).toBeNull();
  });

  test('forgets a cancelled upload', async () => {
    const before = server.unfinishedUploads();
    const uri = await begin('cancelled');
    expect(server.unfinishedUploads()).toBe(before + 1);
    expect((await api('DELETE', uri)).status).toBe(499);
    expect((await put(uri, 'bytes 0-4/5', 'hello')).status).toBe(499);
    expect(server.unfinishedUploads()).toBe(before);
    expect(server.readObject('audit-logs', 'cancelled')).toBeUndefined();
  });

  test('checks the precondition again when a resumable upload completes', async () => {
    const uri = await begin('race', { precondition: true });
    await upload('media', 'race', 'first');
    expect((await put(uri, 'bytes 0-5/6', 'second')).status).toBe(412);
    expect(server.readObject('audit-logs', 'race')?.body.toString()).toBe('first');
  });
});

interface Page {
  readonly items: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

interface UploadOptions {
  readonly precondition?: boolean;
  readonly headers?: Record<string, string>;
  readonly resource?: Record<string, unknown>;
}

function upload(
  type: 'media' | 'multipart' | 'resumable',
  name: string,
  body: string,
  { precondition = false, headers = {}, resource = {} }: UploadOptions = {},
): Promise<Response> {
  const query = new URLSearchParams({
    uploadType: type,
    name,
    ...(precondition && { ifGenerationMatch: '0' }),
  });
  const path = `/upload${objects}?${query}`;
  if (type === 'media') return api('POST', path, { headers, body });
  if (type === 'resumable') return api('POST', path, { headers, body: JSON.stringify(resource) });
  const part = (content: string) => `--cut\r\nContent-Type: text/plain\r\n\r\n${content}\r\n`;
  return api('POST', path, {
    headers: { 'content-type': 'multipart/related; boundary=cut', ...headers },
    body: `${part(JSON.stringify(resource))}${part(body)}--cut--`,
  });
}

async function begin(name: string, options?: UploadOptions): Promise<string> {
  const answer = await upload('resumable', name, '', options);
  return answer.headers.get('location') ?? '';
}

function put(uri: string, range: string, body = '', headers: Record<string, string> = {}): Promise<Response> {
  return api('PUT', uri, { headers: { 'content-range': range, ...headers }, body });
}

function api(method: string, path: string, init: { headers?: Record<string, string>; body?: string } = {}) {
  const headers = { authorization: `Bearer ${token}`, ...init.headers };
  return fetch(new URL(path, server.endpoint), { ...init, method, headers });
}

async function jsonOf<T>(answer: Promise<Response>): Promise<T> {
  return (await (await answer).json()) as T;
}

function askToken(text: string): Promise<Response> {
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const body = new URLSearchParams({ grant_type: grant, assertion: text });
  return fetch(`${server.endpoint}/token`, { method: 'POST', body });
}

function assertion(claims: Record<string, unknown> = {}, signer = account): string {
  const iat = Math.floor(Date.now() / 1000);
  const payload = {
    iss: account.clientEmail,
    scope: 'https://www.googleapis.com/auth/devstorage.read_write',
    aud: 'https://oauth2.googleapis.com/token',
    iat,
    exp: iat + 3600,
    ...claims,
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), signer.credential.privateKey).toString('base64url')}`;
}

function checksumOf(text: string): string {
  const checksum = new CRC32C();
  checksum.update(Buffer.from(text));
  return checksum.toString();
}
