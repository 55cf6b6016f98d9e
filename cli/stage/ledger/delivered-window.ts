import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { displayName } from '../../terminal/display.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { utcTime } from '../../terminal/wording.ts';
import { checkAccountId } from '../account/account-id.ts';
import { noSuchAccount, openStores } from '../account/stores.ts';
import type { Target } from '../target/target.ts';
import { createFileReader } from './ledger-files.ts';

/**
 * The files of the window that ends at this instant, ordered by part.
 * @throws CommandError `usage` if no such window was delivered, or there is no such account
 */
export async function filesOfWindow(
  target: Target,
  accountId: string,
  end: Instant,
): Promise<readonly [DeliveredFile, ...DeliveredFile[]]> {
  checkAccountId(accountId);
  const { dynamodb, outputs, command } = target;
  const reader = createFileReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const [first, ...more] = await reader.filesOfWindow(accountId, end);
  if (first !== undefined) return [first, ...more];
  // A removed account still has deliveries.
  const known = (await reader.latest(accountId)) ?? (await openStores(target).records.read(accountId));
  if (known === undefined) throw noSuchAccount(accountId, target);
  throw new CommandError(
    'usage',
    `No window of ${displayName(accountId)} that ends at ${utcTime(end)} was delivered: "${accountCommand(`${command} deliveries`, accountId)}" lists those that were`,
  );
}
