import { createAccountScan } from '../../../lambdas/aws/account-table.ts';
import type { StoredRow } from '../../../lambdas/domain/audit-record.ts';
import { judgeRows, keyRemedy } from '../../stage/audit-log/judge-rows.ts';
import { type Closed, rowsOfAccount, rowsOfTable } from '../../stage/audit-log/sampled-rows.ts';
import type { Target } from '../../stage/target/target.ts';
import { counted } from '../../terminal/wording.ts';
import { type Check, failing, ok, runCheck } from './check.ts';

const sampledAccounts = 10;

/** Compares rows of the table with what the stage’s configuration says of them. */
export async function checkAuditLog(target: Target): Promise<Check[]> {
  const name = 'rows of the audit log';
  let checks: Check[] = [];
  const unseen = await runCheck(name, async () => {
    checks = await checksOfRows(name, target);
    return ok(name);
  });
  return unseen.outcome === 'unknown' ? [unseen] : checks;
}

async function checksOfRows(name: string, target: Target): Promise<Check[]> {
  const { auditLog } = await target.environment();
  const found = await sampleRows(target);
  if ('reason' in found) return [closedCheck(name, found)];
  if (found.rows.length === 0) return [{ name, outcome: 'skipped', detail: 'there are none yet' }];
  const { unreadableKeys, futureKeys, absentAttributes } = judgeRows(found.rows, auditLog, Date.now());
  const sampled = `${counted(found.rows.length, 'row')} read`;
  return [
    unreadableKeys === undefined
      ? ok('sort keys of the audit log', sampled)
      : failing('sort keys of the audit log', unreadableKeys, keyRemedy(auditLog)),
    ...(futureKeys === undefined
      ? []
      : [warning('sort keys of the audit log', futureKeys, 'write sort keys in UTC')]),
    absentAttributes === undefined
      ? ok('attributes of the audit log', sampled)
      : warning(
          'attributes of the audit log',
          absentAttributes,
          'compare with auditLog.attributes in the configuration of the stage',
        ),
  ];
}

/** The newest rows of some accounts and, if the operator may scan the table, rows of any account. */
async function sampleRows(target: Target): Promise<{ readonly rows: readonly StoredRow[] } | Closed> {
  const rows: StoredRow[] = [];
  const scanned = await rowsOfTable(target);
  if (Array.isArray(scanned)) rows.push(...scanned);
  for (const accountId of await someAccounts(target)) {
    const own = await rowsOfAccount(target, accountId);
    if (!Array.isArray(own)) return own;
    rows.push(...own);
  }
  return rows.length === 0 && !Array.isArray(scanned) ? scanned : { rows };
}

async function someAccounts({ dynamodb: client, outputs }: Target): Promise<string[]> {
  const scan = createAccountScan({ client, tableName: outputs.AccountsTableName });
  for await (const records of scan.records())
    if (records.length > 0)
      return records.slice(0, sampledAccounts).map(({ accountId }) => String(accountId));
  return [];
}

function closedCheck(name: string, { reason, words }: Closed): Check {
  if (reason === 'other-keys')
    return failing(name, words, 'set auditLog.partitionKey and auditLog.sortKey to the table’s own');
  return {
    name,
    outcome: 'skipped',
    detail: reason === 'denied' ? 'you have no permission to read them' : 'no such table',
  };
}

function warning(name: string, detail: string, remedy: string): Check {
  return { name, outcome: 'warning', detail, remedy };
}
