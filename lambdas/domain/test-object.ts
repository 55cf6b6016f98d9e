import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import { accountFolder } from './object-key.ts';
import type { Credential } from './secret.ts';

/**
 * The key of the object that shows whether the bucket accepts files. It is in the account's folder, so that the same
 * permissions apply; readers of the files ignore its name. The name depends on the destination and on the credential, if
 * one is given, so there is at most one object for each, however often it is written.
 */
export function testObjectKey({ accountId, destination }: Account, credential?: Credential): string {
  const means = JSON.stringify([destination, credential]);
  const digest = createHash('sha256').update(means).digest('hex').slice(0, 16);
  return `${accountFolder(destination.prefix, accountId)}_verify_${digest}.txt`;
}

/** Whether a key can be one of `testObjectKey`. */
export function isTestObjectKey(key: string): boolean {
  return /(^|\/)audit\/[\w-]+\/_verify_[0-9a-f]{16}\.txt$/s.test(key);
}

/**
 * The content of a test object.
 * @param unique no two objects may have the same: an upload must not be recognised by its content
 */
export function testObjectText(unique: string): string {
  return `Written by SIEM export to check that files can be written here. It may be deleted. ${unique}\n`;
}

/** What is stored with a test object. */
export const testObjectProperties = {
  contentType: 'text/plain',
  metadata: { writtenby: 'siem-export-verify' },
};
