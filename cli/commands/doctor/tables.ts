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
import { type Check, failing, ok, runCheck } from './check.ts';

/**
 * Checks that every table exists and is usable and, in AWS, that it cannot be deleted by mistake and can be restored.
 */
export async function checkTables(target: Target): Promise<Check[]> {
  const { outputs, local } = target;
  const { AccountsTableName, ExportLedgerTableName, DispatchStateTableName, AuditLogTableName } = outputs;
  // The settings of a vendor’s own audit log are the vendor’s, and the table may be in another AWS account.
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
  return runCheck(name, async () => {
    try {
      const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
      const indexes = Table?.GlobalSecondaryIndexes ?? [];
      const inactive = indexes.find(
        ({ IndexStatus }) => IndexStatus !== undefined && IndexStatus !== 'ACTIVE',
      );
      // A table in UPDATING still serves requests.
      if (Table?.TableStatus !== 'ACTIVE' && Table?.TableStatus !== 'UPDATING')
        return failing(name, `it is ${Table?.TableStatus}`, 'wait, or see DynamoDB’s console');
      if (inactive) return failing(name, `its index ${inactive.IndexName} is ${inactive.IndexStatus}`);
      if (protection && Table.DeletionProtectionEnabled !== true)
        return {
          ...failing(name, 'it can be deleted by mistake', `${command} doctor --fix`),
          async fix() {
            await client.send(
              new UpdateTableCommand({ TableName: tableName, DeletionProtectionEnabled: true }),
            );
          },
        };
      return ok(name, protection ? 'active, protected from deletion' : 'active');
    } catch (thrown) {
      if (thrown instanceof ResourceNotFoundException)
        return failing(name, 'it does not exist', 'see docs/operator/restore.md');
      throw thrown;
    }
  });
}

function checkBackups({ dynamodb: client, command }: Target, tableName: string): Promise<Check> {
  const name = `point-in-time recovery of ${tableName}`;
  return runCheck(name, async () => {
    const status = await recoveryStatus(client, tableName);
    if (status === undefined) return failing(name, 'the table does not exist');
    if (status === 'ENABLED') return ok(name);
    return {
      ...failing(name, 'it is off: lost items could not be restored', `${command} doctor --fix`),
      async fix() {
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
