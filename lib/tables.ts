import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  CfnTable,
  ProjectionType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { EncryptionKey } from './encryption-key.ts';

export const timeZoneIndex = 'timeZone-index';

export interface TablesProps {
  readonly stage: string;
  readonly encryptionKey: EncryptionKey;
  /** False if the audit rows are in an existing table. */
  readonly withAuditLog: boolean;
}

/**
 * The stage's tables. Their logical ids and keys must never change: CloudFormation would replace the tables, and the
 * ledger is the only proof of what was delivered.
 */
export class Tables extends Construct {
  readonly accounts: Table;
  readonly auditLogs: Table | undefined;
  readonly exportLedger: Table;
  readonly dispatchState: Table;

  constructor(scope: Construct, id: string, { stage, encryptionKey, withAuditLog }: TablesProps) {
    super(scope, id);
    const table = (logicalId: string, name: string, partitionKey: string, sortKey?: string) =>
      this.#table(logicalId, `siem-export-${stage}-${name}`, encryptionKey, partitionKey, sortKey);

    this.accounts = table('Accounts', 'accounts', 'accountId');
    this.accounts.addGlobalSecondaryIndex({
      indexName: timeZoneIndex,
      partitionKey: { name: 'timeZone', type: AttributeType.STRING },
      sortKey: { name: 'accountId', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
    this.auditLogs = withAuditLog ? table('AuditLogs', 'audit-logs', 'accountId', 'recordedAt') : undefined;
    this.exportLedger = table('ExportLedger', 'export-ledger', 'accountId', 'entry');
    this.dispatchState = table('DispatchState', 'dispatch-state', 'name');
  }

  #table(
    logicalId: string,
    tableName: string,
    { key }: EncryptionKey,
    partitionKey: string,
    sortKey?: string,
  ): Table {
    const table = new Table(this, logicalId, {
      tableName,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: AttributeType.STRING } }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      // Also kept when the first deployment fails: a rollback cannot delete a protected table, and would fail halfway.
      removalPolicy: RemovalPolicy.RETAIN,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
    });
    const { defaultChild } = table.node;
    if (!(defaultChild instanceof CfnTable)) throw new TypeError(`${logicalId} has no table inside`);
    defaultChild.overrideLogicalId(`${logicalId}Table`);
    return table;
  }
}
