import { expect, test } from 'vitest';
import { differences } from '../../../../../cli/commands/inspect/differences.ts';

const delivered = { records: 7, bytes: 712, sha256: 'aa' };

test('a file with the same digest is the same', () => {
  expect(differences(delivered, { records: 7 }, 712, 'aa')).toEqual([]);
});

test('when records and bytes are equal, the digests show the difference', () => {
  expect(differences(delivered, { records: 7 }, 712, 'bb')).toEqual([
    'It is not the file that was delivered (also 7 records, 712 bytes)',
    'SHA-256: aa in the ledger, bb of this file',
  ]);
});

test('different records and bytes are reported, too', () => {
  expect(differences(delivered, undefined, 700, 'bb')[0]).toBe(
    'It is not the file that was delivered: 7 records, 712 bytes delivered; unreadable, 700 bytes in this file',
  );
});
