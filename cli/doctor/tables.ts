import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { Target } from '../target/target.ts';
import { type Check, ill, well } from './check.ts';

/** Every table is there and usable; in AWS its deletion is prevented and its past can be restored. */
export async function checkTables({ dynamodb, outputs, local }: Target): Promise<Check[]> {
  const own = [outputs.AccountsTableName, outputs.ExportLedgerTableName, outputs.DispatchStateTableName];
  const checks: Check[] = [];
  for (const tableName of own) {
    checks.push(await checkTable(dynamodb, tableName, !local));
    if (!local) checks.push(await checkBackups(dynamodb, tableName));
  }
  // A vendor's own table has its own rules, and may be in another account.
  if (!outputs.AuditLogTableName.startsWith('arn:'))
    checks.push(await checkTable(dynamodb, outputs.AuditLogTableName, false));
  return checks;
}

async function checkTable(client: DynamoDBClient, tableName: string, protection: boolean): Promise<Check> {
  const name = `table ${tableName}`;
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const indexes = Table?.GlobalSecondaryIndexes ?? [];
    const inactive = indexes.find(({ IndexStatus }) => IndexStatus !== undefined && IndexStatus !== 'ACTIVE');
    if (Table?.TableStatus !== 'ACTIVE')
      return ill(name, `it is ${Table?.TableStatus}`, 'wait, or see DynamoDB’s console');
    if (inactive) return ill(name, `its index ${inactive.IndexName} is ${inactive.IndexStatus}`);
    if (protection && Table.DeletionProtectionEnabled !== true)
      return ill(
        name,
        'it can be deleted by mistake',
        `aws dynamodb update-table --table-name ${tableName} --deletion-protection-enabled`,
      );
    return well(name, protection ? 'active, protected from deletion' : 'active');
  } catch (thrown) {
    if (thrown instanceof ResourceNotFoundException)
      return ill(name, 'it is not there', 'see docs/deploy.md on restoring');
    throw thrown;
  }
}

async function checkBackups(client: DynamoDBClient, tableName: string): Promise<Check> {
  const name = `point-in-time recovery of ${tableName}`;
  const { ContinuousBackupsDescription } = await client.send(
    new DescribeContinuousBackupsCommand({ TableName: tableName }),
  );
  const status = ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  return status === 'ENABLED'
    ? well(name)
    : ill(
        name,
        'it is off: lost rows of the ledger could not be restored',
        `aws dynamodb update-continuous-backups --table-name ${tableName} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`,
      );
}
