import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compression } from '../../lambdas/domain/format.ts';
import { accountFolder, objectKey } from '../../lambdas/domain/object-key.ts';
import { bucketNotification } from './bucket-notification.ts';
import { readNotification } from './notification-model.ts';

const prefix = fc.string({
  unit: fc.constantFrom('a', ' ', '+', '%', '/', '(', 'é', '🚀', '&'),
  maxLength: 6,
});

test('tells of the files of the account, whatever characters the folder has, and of nothing else in it', () => {
  fc.assert(
    fc.property(prefix, fc.constantFrom(...compression.options), (folder, packing) => {
      const files = { folder: accountFolder(folder, 'acme'), compression: packing };
      const told = { QueueArn: 'REPLACE_WITH_QUEUE_ARN' };
      const tells = readNotification(JSON.stringify(bucketNotification(files, told, 'id')), 'queue');
      const file = {
        accountId: 'acme',
        windowEnd: Date.UTC(2026, 10, 22, 12),
        part: 2,
        compression: packing,
      };
      expect(tells(objectKey(folder, file))).toBe(true);
      expect(tells(`${files.folder}_verify_0123456789abcdef.txt`)).toBe(false);
      expect(tells(objectKey(folder, { ...file, accountId: 'acme2' }))).toBe(false);
    }),
  );
});
