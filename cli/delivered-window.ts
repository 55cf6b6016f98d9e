import type { DeliveredFile } from '../lambdas/domain/delivered-file.ts';
import type { Instant } from '../lambdas/domain/instant.ts';
import { checkAccountId, quotedId } from './account-id.ts';
import { CommandError } from './command-error.ts';
import { createFileReader } from './ledger-files.ts';
import { accountCommand } from './shell-word.ts';
import type { Target } from './target/target.ts';
import { utcTime } from './wording.ts';

/**
 * The files of the window that ends at an instant, in the order of their parts.
 * @throws CommandError `usage` if no such window was delivered, or the id can be no account's
 */
export async function filesOfWindow(
  { dynamodb, outputs, command }: Target,
  accountId: string,
  end: Instant,
): Promise<readonly [DeliveredFile, ...DeliveredFile[]]> {
  checkAccountId(accountId);
  const reader = createFileReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const [first, ...more] = (await reader.files(accountId, end)).filter(({ window }) => window.end === end);
  if (first !== undefined) return [first, ...more];
  throw new CommandError(
    'usage',
    `No window of ${quotedId(accountId)} that ends at ${utcTime(end)} was delivered: "${accountCommand(`${command} deliveries`, accountId)}" lists those that were`,
  );
}
