import { describe, expect, it } from 'vitest';
import {
  contentType,
  encodeAccountId,
  entryName,
  type FileName,
  objectKey,
  objectMetadata,
  parseObjectKey,
} from '../../../lambdas/domain/object-key.ts';

const file: FileName = {
  accountId: 'acme',
  windowEnd: Date.parse('2026-11-22T18:30:00Z'),
  part: 1,
  compression: 'zip',
};

describe('objectKey', () => {
  it('is the folder of the account and the end of the window in UTC', () => {
    expect(objectKey(undefined, file)).toBe('audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z.zip');
  });

  it('begins with the prefix, if there is one', () => {
    expect(objectKey('siem/prod', file)).toBe('siem/prod/audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z.zip');
  });

  it('numbers the parts from the second on', () => {
    expect(objectKey(undefined, { ...file, part: 2 })).toMatch(/_20261122T183000Z_0002\.zip$/);
    expect(objectKey(undefined, { ...file, part: 9999 })).toMatch(/_20261122T183000Z_9999\.zip$/);
  });

  it('ends in .json.gz with gzip', () => {
    expect(objectKey(undefined, { ...file, compression: 'gzip' })).toMatch(/_20261122T183000Z\.json\.gz$/);
  });
});

describe('the rest of a file', () => {
  it('the entry in a zip is named after account and window', () => {
    expect(entryName(file)).toBe('audit_YWNtZQ_20261122T183000Z.json');
  });

  it('an account id is base64url of UTF-8 without padding', () => {
    expect(encodeAccountId('a')).toBe('YQ');
    expect(encodeAccountId('ÿþ>?')).toBe('w7_Dvj4_');
  });

  it('the content type is that of the archive', () => {
    expect(contentType('ndjson', 'zip')).toBe('application/zip');
    expect(contentType('ocsf', 'gzip')).toBe('application/x-gzip');
    expect(contentType('ocsf', 'none')).toBe('application/x-ndjson');
    expect(contentType('json', 'none')).toBe('application/json');
  });

  it('the metadata have names in lower-case letters and values in ASCII', () => {
    expect(objectMetadata(file, Date.parse('2026-11-22T14:30:00Z'), 'ndjson', '1.2.3')).toEqual({
      windowstart: '2026-11-22T14:30:00.000Z',
      windowend: '2026-11-22T18:30:00.000Z',
      part: '1',
      format: 'ndjson',
      writerversion: '1.2.3',
    });
  });
});

describe('parseObjectKey', () => {
  it('reads what objectKey wrote', () => {
    expect(parseObjectKey('siem/audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z_0012.json.gz')).toEqual({
      accountId: 'acme',
      windowEnd: file.windowEnd,
      part: 12,
      compression: 'gzip',
      prefix: 'siem',
    });
  });

  it.each([
    ['another folder', 'audit/YWNtZQ/audit_YWNtZA_20261122T183000Z.zip'],
    ['no folder', 'audit_YWNtZQ_20261122T183000Z.zip'],
    ['another suffix', 'audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z.tar'],
    ['a day that does not exist', 'audit/YWNtZQ/audit_YWNtZQ_20260230T183000Z.zip'],
    ['a month that does not exist', 'audit/YWNtZQ/audit_YWNtZQ_20261322T183000Z.zip'],
    ['part 0', 'audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z_0000.zip'],
    ['part 1 written out', 'audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z_0001.zip'],
    ['a part with too many zeros', 'audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z_00002.zip'],
    ['base64 of one letter', 'audit/Y/audit_Y_20261122T183000Z.zip'],
    ['base64url that is no UTF-8', 'audit/_w/audit__w_20261122T183000Z.zip'],
    ['something behind', 'audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z.zip\n'],
    ['a slash before', '/audit/YWNtZQ/audit_YWNtZQ_20261122T183000Z.zip'],
    ['nothing', ''],
  ])('does not take a key with %s', (_, key) => {
    expect(parseObjectKey(key)).toBeUndefined();
  });
});
