import { createAccountScan } from '../../../lambdas/aws/account-table.ts';
import { createCursorReader, type FoundCursor } from '../../../lambdas/aws/cursor-reader.ts';
import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { Target } from '../target/target.ts';
import type { AccountRecord } from './account-record.ts';
import { type Standing, type State, standingOf } from './standing.ts';

/** The state of every account, sorted by id. */
export async function surveyFleet(target: Target, now: Instant): Promise<Standing[]> {
  const { dynamodb, outputs } = target;
  const { settleSeconds } = await target.environment();
  const scan = createAccountScan({ client: dynamodb, tableName: outputs.AccountsTableName });
  const reader = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const standings: Standing[] = [];
  for await (const records of scan.records()) {
    const cursors: ReadonlyMap<string, FoundCursor> = await reader.cursors(
      records.map(({ accountId }) => String(accountId)),
    );
    for (const record of records)
      standings.push(standingOf(record, cursors.get(String(record.accountId)), now, settleSeconds * 1000));
  }
  return standings.sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
}

/** All records, or those of accounts in the given states. */
export async function recordsIn(target: Target, wanted?: readonly State[]): Promise<AccountRecord[]> {
  const { dynamodb, outputs } = target;
  const scan = createAccountScan({ client: dynamodb, tableName: outputs.AccountsTableName });
  const records: AccountRecord[] = [];
  for await (const page of scan.records()) records.push(...page);
  if (wanted === undefined) return records;
  const standings = await surveyFleet(target, await target.now());
  const ids = new Set(
    standings.filter(({ state }) => wanted.includes(state)).map(({ accountId }) => accountId),
  );
  return records.filter(({ accountId }) => ids.has(String(accountId)));
}
