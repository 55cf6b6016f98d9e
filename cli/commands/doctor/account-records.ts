import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { createAccountScan } from '../../../lambdas/aws/account-table.ts';
import { misfitsOfRecord } from '../../stage/account/reader-fit.ts';
import { unknownAttributes } from '../../stage/account/unknown-attributes.ts';
import type { Target } from '../../stage/target/target.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { counted } from '../../terminal/wording.ts';
import { type Check, failing, ok, runCheck } from './check.ts';

const attributes = 'attributes of account records';
const files = 'files that their readers can read';

/** Looks for valid records that do not do what their author meant. */
export async function checkRecords({ dynamodb, outputs, command }: Target): Promise<Check[]> {
  const unknown: unknown[] = [];
  const unfit: unknown[] = [];
  const scan = createAccountScan({ client: dynamodb, tableName: outputs.AccountsTableName });
  const first = await runCheck(attributes, async () => {
    try {
      for await (const records of scan.records())
        for (const record of records) {
          // A record may have attributes of other tools, so a misspelled one of ours raises no error anywhere else.
          if (unknownAttributes(record).length > 0) unknown.push(record.accountId);
          if (misfitsOfRecord(record).length > 0) unfit.push(record.accountId);
        }
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return failing(attributes, 'the accounts table does not exist');
      throw thrown;
    }
    return warned(attributes, unknown, 'all known', 'with unknown attributes');
  });
  const wasRead = first.outcome === 'ok' || first.outcome === 'warning';
  return [first, ...(wasRead ? [warned(files, unfit, 'all', 'whose reader cannot read the files')] : [])];

  function warned(name: string, accounts: readonly unknown[], none: string, some: string): Check {
    if (accounts.length === 0) return ok(name, none);
    const detail = `${counted(accounts.length, 'account')} ${some}`;
    const remedy = accountCommand(`${command} account show`, String(accounts[0]));
    return { name, outcome: 'warning', detail, remedy };
  }
}
