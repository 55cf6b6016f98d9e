import { expect, test } from 'vitest';
import { differences } from '../../../../../cli/commands/inspect/differences.ts';

const delivered = { records: 7, bytes: 712, sha256: 'aa' };

test('a file with the same digest is the same', () => {
  expect(differences(delivered, { records: 7 }, 712, 'aa')).toEqual([]);
});

test('where records and bytes are the same, the digest is named as the difference', () => {
  expect(differences(delivered, { records: 7 }, 712, 'bb')).toEqual([
    'It is not the file that was delivered (7 records, 712 bytes, as then)',
    'Its SHA-256 is the difference: aa by the ledger, bb of this file',
  ]);
});

test('other records and bytes are told beside it', () => {
  expect(differences(delivered, undefined, 700, 'bb')[0]).toBe(
    'It is not the file that was delivered: 7 records, 712 bytes then; unreadable, 700 bytes now',
  );
});
