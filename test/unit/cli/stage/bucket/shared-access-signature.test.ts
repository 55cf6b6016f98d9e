import { describe, expect, test } from 'vitest';
import { placeSteps } from '../../../../../cli/stage/bucket/sas-place.ts';
import { readSas } from '../../../../../cli/stage/bucket/shared-access-signature.ts';
import { parseAccount } from '../../../../../lambdas/domain/account.ts';
import { parseAzureSecret } from '../../../../../lambdas/domain/azure-secret.ts';

const now = Date.parse('2026-11-22T00:00:00Z');
const signature = 'k9Zr2xW0a7Vb%2BQyP3nT5sLcE8uFhJ1dG4mXoRiUeKz0%3D';

/** A SAS for a container, with some fields changed; `undefined` removes a field. */
function sasWith(fields: Readonly<Record<string, string | undefined>> = {}): string {
  const all = {
    sv: '2025-01-05',
    sr: 'c',
    se: '2027-12-01T00%3A00%3A00Z',
    sp: 'cw',
    sig: signature,
    ...fields,
  };
  return Object.entries(all)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join('&');
}

const ofAccount = { sr: undefined, ss: 'b', srt: 'o' };
const delegated = { skoid: 'x', sktid: 'y', sks: 'b', skv: '2025-01-05' };

test.each([
  [{}, ['right', 'right']],
  [{ se: '2026-12-01' }, ['warning', 'right']],
  [{ se: '2026-11-21T23%3A59%3A59Z', sp: 'racwdl' }, ['wrong', 'warning']],
  [{ sp: 'c' }, ['right', 'warning']],
  [{ sp: 'w' }, ['right', 'wrong']],
  [{ sp: 'rl' }, ['right', 'wrong']],
  [{ si: 'policy', se: undefined, sp: undefined }, ['warning', 'warning']],
  [{ st: '2026-11-22T00%3A01%3A00Z' }, ['wrong', 'right', 'right']],
  [{ st: '2026-11-21' }, ['right', 'right']],
  [ofAccount, ['right', 'right']],
  [{ ...ofAccount, ss: 'bfqt', srt: 'sco', sp: 'rwdlacup' }, ['right', 'warning']],
])('a SAS with %j is judged %o', (fields, outcomes) => {
  expect(readSas(sasWith(fields), now).map(({ outcome }) => outcome)).toEqual(outcomes);
});

test('the earlier end counts, and the later beginning, of the SAS and of the key that signed it', () => {
  const ends = (ske: string) => readSas(sasWith({ ...delegated, ske }), now)[0];
  expect(ends('2026-11-21T00%3A00%3A00Z')).toMatchObject({
    outcome: 'wrong',
    detail: 'it expired at 2026-11-21 00:00 UTC, with the key that signed it (ske)',
  });
  expect(ends('2026-11-28T00%3A00%3A00Z')).toMatchObject({
    outcome: 'warning',
    detail: expect.stringContaining('(ske)'),
  });
  expect(ends('2028-01-01T00%3A00%3A00Z')).toMatchObject({
    outcome: 'right',
    detail: expect.not.stringContaining('(ske)'),
  });
  expect(readSas(sasWith({ ...delegated, st: '2026-11-01', skt: '2026-11-23' }), now)[0]).toMatchObject({
    outcome: 'wrong',
    detail: expect.stringContaining('2026-11-23'),
  });
});

test.each([
  [{ ...ofAccount, ss: 'q' }, 'ss lacks b'],
  [{ ...ofAccount, srt: 'c' }, 'srt lacks o'],
  [{ ...ofAccount, srt: 'sc' }, 'srt lacks o'],
  [{ ...delegated, sks: 'q' }, 'sks is not b'],
  [{ spr: 'http' }, 'plain HTTP only'],
  [{ sp: 'wc' }, 'not in the order that Azure requires'],
  [{ se: 'soon' }, 'its end (se) is not an instant'],
  [{ se: '2027-12-01T00%3A00%3A00' }, 'its end (se) is not an instant'],
  [{ st: 'now' }, 'its beginning (st) is not an instant'],
  [{ sig: signature.replace('%2B', '+') }, 'contains +'],
  [{ sig: signature.slice(0, 20) }, 'not 32 bytes'],
  [{ sig: signature.replaceAll('%', '%25') }, 'percent-encoded twice'],
  [{ se: '2027-12-01T00%253A00%253A00Z' }, 'percent-encoded twice'],
  [{ sv: undefined }, 'its version (sv) is missing'],
  [{ sv: 'x' }, 'its version (sv) is not a date'],
  [{ sv: '2011-08-18' }, 'valid for an hour at most'],
  [{ ...ofAccount, sv: '2014-02-14' }, 'which its field ss requires'],
  [{ ...delegated, sv: '2017-11-09' }, 'which its field skoid requires'],
  [{ 'amp;sp': 'cw' }, 'copied from the source of a web page'],
  [{ sip: '198.51.100.9' }, 'the exporter has no fixed address'],
  [{ sip: 'anywhere' }, 'neither an IPv4 address'],
])('a SAS with %j is wrong', (fields, detail) => {
  const details = readSas(sasWith(fields), now).flatMap(step =>
    step.outcome === 'wrong' ? step.detail : [],
  );
  expect(details.join('\n')).toContain(detail);
});

test('a field that stands twice is told', () => {
  expect(readSas(`${sasWith()}&se=2028-01-01`, now)[0]?.detail).toBe('it has the field se twice');
});

test.each([
  ['198.51.100.1', ['198.51.100.2, from which']],
  ['198.51.100.0-198.51.100.9', []],
  ['198.51.100.2-198.51.100.9', ['198.51.100.1, from which']],
  ['203.0.113.0-203.0.113.255', ['198.51.100.1 and 198.51.100.2, from which']],
])('a SAS that lets in %s is compared with the addresses of the exporter', (sip, details) => {
  const wrong = readSas(sasWith({ sip }), now, '198.51.100.1, 198.51.100.2').filter(
    ({ outcome }) => outcome === 'wrong',
  );
  expect(wrong.map(({ detail }) => detail)).toEqual(details.map(each => expect.stringContaining(each)));
});

describe('the place that a credential names', () => {
  const account = parseAccount({
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination: { type: 'azure', storageAccount: 'acmeaudit', container: 'acme-audit', prefix: 'siem' },
    secretId: 'x',
  });
  const host = 'https://acmeaudit.blob.core.windows.net';
  const key = Buffer.alloc(64, 'k').toString('base64');
  const steps = (secret: string) =>
    placeSteps(account, parseAzureSecret(secret), 'siem-export').map(
      ({ outcome, detail }) => `${outcome}: ${detail}`,
    );
  const elsewhere = 'it is for the container acme-logs, but the record names acme-audit';

  test.each([
    ['', {}, []],
    ['/acme-audit', {}, []],
    ['/acme-audit/', {}, []],
    ['/acme-logs', {}, [`wrong: ${elsewhere}`]],
    ['/acme-logs', ofAccount, [`warning: ${elsewhere}`]],
    ['/acme-audit/audit/x.zip', { sr: 'b' }, ['wrong: it is for one blob of the container']],
    ['', { sr: 'b' }, ['wrong: it is for one blob of the container']],
    ['', { sr: 's' }, ['wrong: it is for a share of Azure Files, and none of the container']],
    ['/acme-audit/siem', { sr: 'd', sdd: '1' }, []],
    ['/acme-audit/siem/audit', { sr: 'd', sdd: '2' }, []],
    [
      '/acme-audit/other',
      { sr: 'd', sdd: '1' },
      ['wrong: it is for the folder other, but the exports go to siem/audit/YWNtZQ/'],
    ],
    [
      '',
      { sr: 'd', sdd: '1' },
      [
        'warning: it is for a folder at depth 1, but does not name the folder: the exports go to siem/audit/YWNtZQ/',
      ],
    ],
  ])('in the URL %s of a SAS with %j is %o', (path, fields, told) => {
    const sasUrl = `${host}${path || '/'}?${sasWith(fields)}`;
    for (const secret of [sasUrl, JSON.stringify({ sasUrl })]) expect(steps(secret)).toEqual(told);
    expect(steps(`BlobEndpoint=${host}${path};SharedAccessSignature=${sasWith(fields)}`)).toEqual(told);
  });

  test('may be another one in a connection string with a key, which is for all', () => {
    const connection = `AccountName=acmeaudit;AccountKey=${key};BlobEndpoint=${host}/acme-logs`;
    expect(steps(connection)).toEqual([`warning: ${elsewhere}`]);
    expect(steps(connection.replace('acme-logs', ''))).toEqual([]);
  });
});
