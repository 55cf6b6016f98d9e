import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { createAccountScan } from '../../../lambdas/aws/account-table.ts';
import { unknownAttributes } from '../../stage/account/unknown-attributes.ts';
import type { Target } from '../../stage/target/target.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { counted } from '../../terminal/wording.ts';
import { alone, type Check, ill, well } from './check.ts';

/** Attributes that are not known are tolerated, so nothing else would tell of a typing error in one that is ours. */
export function checkAttributes({ dynamodb, outputs, command }: Target): Promise<Check> {
  const name = 'attributes of account records';
  return alone(name, async () => {
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
        return ill(name, 'the table that keeps them is not there');
      throw thrown;
    }
    if (accounts === 0) return well(name, 'all are known');
    return {
      name,
      outcome: 'warning',
      detail: `${counted(accounts, 'account')} with some that are not known`,
      remedy: accountCommand(`${command} account show`, String(example)),
    };
  });
}
