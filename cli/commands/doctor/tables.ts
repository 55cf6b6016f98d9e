import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
  TableNotFoundException,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { nameOf } from '../../stage/target/deployed.ts';
import type { Target } from '../../stage/target/target.ts';
import { alone, type Check, ill, well } from './check.ts';

/** Every table is there and usable; in AWS its deletion is prevented and its past can be restored. */
export async function checkTables(target: Target): Promise<Check[]> {
  const { outputs, local } = target;
  const { AccountsTableName, ExportLedgerTableName, DispatchStateTableName, AuditLogTableName } = outputs;
  // A vendor's own table has its own rules, and may be in another account.
  const ownAuditLog = AuditLogTableName === `${nameOf(outputs.Stage)}-audit-logs`;
  const own = [AccountsTableName, ExportLedgerTableName, DispatchStateTableName];
  if (ownAuditLog) own.push(AuditLogTableName);
  const checks: Check[] = [];
  for (const tableName of own) {
    checks.push(await checkTable(target, tableName, !local));
    if (!local) checks.push(await checkBackups(target, tableName));
  }
  if (!ownAuditLog && !AuditLogTableName.startsWith('arn:'))
    checks.push(await checkTable(target, AuditLogTableName, false));
  return checks;
}

function checkTable(
  { dynamodb: client, command }: Target,
  tableName: string,
  protection: boolean,
): Promise<Check> {
  const name = `table ${tableName}`;
  return alone(name, async () => {
    try {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
      const indexes = Table?.GlobalSecondaryIndexes ?? [];
      const inactive = indexes.find(
        ({ IndexStatus }) => IndexStatus !== undefined && IndexStatus !== 'ACTIVE',
      );
      // A table that is being changed serves all the same.
      if (Table?.TableStatus !== 'ACTIVE' && Table?.TableStatus !== 'UPDATING')
        return ill(name, `it is ${Table?.TableStatus}`, 'wait, or see DynamoDB’s console');
      if (inactive) return ill(name, `its index ${inactive.IndexName} is ${inactive.IndexStatus}`);
      if (protection && Table.DeletionProtectionEnabled !== true)
        return {
          ...ill(name, 'it can be deleted by mistake', `${command} doctor --mend`),
          async mend() {
            await client.send(
              new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: true }),
            );
          },
        };
      return well(name, protection ? 'active, protected from deletion' : 'active');
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return ill(name, 'it is not there', 'see docs/operator/restore.md');
      throw thrown;
    }
  });
}

function checkBackups({ dynamodb: client, command }: Target, tableName: string): Promise<Check> {
  const name = `point-in-time recovery of ${tableName}`;
  return alone(name, async () => {
    const status = await recoveryStatus(client, tableName);
    if (status === undefined) return ill(name, 'the table is not there');
    if (status === 'ENABLED') return well(name);
    return {
      ...ill(name, 'it is off: lost rows could not be restored', `${command} doctor --mend`),
      async mend() {
        await client.send(
          new UpdateContinuousBackupsCommand({
            TableName: tableName,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        );
      },
    };
  });
}

async function recoveryStatus(client: DynamoDBClient, tableName: string): Promise<string | undefined> {
  try {
    const { ContinuousBackupsDescription } = await client.send(
      new DescribeContinuousBackupsCommand({ TableName: tableName }),
    );
    const recovery = ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
    return recovery?.PointInTimeRecoveryStatus ?? 'DISABLED';
  } catch (thrown) {
    if (thrown instanceof TableNotFoundException) return undefined;
    throw thrown;
  }
}
