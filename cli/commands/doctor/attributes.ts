import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { createAccountScan } from '../../../lambdas/aws/account-table.ts';
import { unknownAttributes } from '../../stage/account/unknown-attributes.ts';
import type { Target } from '../../stage/target/target.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { counted } from '../../terminal/wording.ts';
import { type Check, failing, ok, runCheck } from './check.ts';

/** A record may have attributes of other tools, so a misspelled attribute of ours raises no error anywhere else. */
export function checkAttributes({ dynamodb, outputs, command }: Target): Promise<Check> {
  const name = 'attributes of account records';
  return runCheck(name, async () => {
    const scan = createAccountScan({ client: dynamodb, tableName: outputs.AccountsTableName });
    let accounts = 0;
    let example: unknown;
    try {
      for await (const records of scan.records())
        for (const record of records) {
          if (unknownAttributes(record).length === 0) continue;
          accounts++;
          example ??= record.accountId;
        }
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return failing(name, 'the accounts table does not exist');
      throw thrown;
    }
    if (accounts === 0) return ok(name, 'all known');
    return {
      name,
      outcome: 'warning',
      detail: `${counted(accounts, 'account')} with unknown attributes`,
      remedy: accountCommand(`${command} account show`, String(example)),
    };
  });
}
