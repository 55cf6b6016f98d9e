import { Stack } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { RecordField } from '../lambdas/domain/audit-record.ts';
import { type AuditLogSource, variables } from '../lambdas/environment.ts';
import type { ExistingAuditLog } from './config.ts';
import { ownAuditLog, regionOfArn } from './config-schema.ts';
import { viaService } from './encryption-key.ts';

export interface AuditLogProps {
  /** The stack's own table, if it has one. */
  readonly table: Table | undefined;
  /** Otherwise the vendor's table, which may be in another account and region. */
  readonly existing: ExistingAuditLog | undefined;
  /** A row without one of these fields is malformed. */
  readonly required: readonly RecordField[];
}

/** The audit log, either the stack's table or the vendor's: how to read it, and the permissions to read it. */
export class AuditLog extends Construct {
  readonly source: AuditLogSource;
  readonly #tableArn: string;
  readonly #existing: ExistingAuditLog | undefined;

  constructor(scope: Construct, id: string, { table, existing, required }: AuditLogProps) {
    super(scope, id);
    this.#existing = existing;
    if (existing !== undefined) {
      const { tableName, tableArn, partitionKey, sortKey, sortKeyType, attributes } = existing;
      const region = tableArn === undefined ? existing.region : regionOfArn(tableArn);
      this.#tableArn = tableArn ?? this.#arnOf(tableName ?? '', region);
      this.source = {
        // A table of another AWS account can be read only by its ARN, not by its name.
        tableName: tableArn ?? tableName ?? '',
        partitionKey,
        sortKey,
        sortKeyType,
        attributes,
        required,
        region,
      };
    } else if (table !== undefined) {
      this.#tableArn = table.tableArn;
      this.source = { tableName: table.tableName, ...ownAuditLog, required };
    } else throw new TypeError('An audit log needs a table');
  }

  /** The environment variables for a function that reads the table. */
  get environment() {
    const { tableName, partitionKey, sortKey, sortKeyType, attributes, required = [], region } = this.source;
    return {
      [variables.auditLogTable]: tableName,
      [variables.auditLogPartitionKey]: partitionKey,
      [variables.auditLogSortKey]: sortKey,
      [variables.auditLogSortKeyType]: sortKeyType,
      [variables.auditLogAttributes]: JSON.stringify(attributes),
      ...(required.length === 0 ? {} : { [variables.auditLogRequired]: JSON.stringify(required) }),
      ...(region === undefined ? {} : { [variables.auditLogRegion]: region }),
    };
  }

  allowReading(grantee: IGrantable): void {
    this.#allow(grantee, new PolicyStatement({ actions: ['dynamodb:Query'], resources: [this.#tableArn] }));
    this.#allowDecrypting(grantee);
  }

  /** Allows reading only the keys of rows, no other attributes. */
  allowReadingKeys(grantee: IGrantable): void {
    const { partitionKey, sortKey } = this.source;
    this.#allow(
      grantee,
      new PolicyStatement({
        actions: ['dynamodb:Query'],
        resources: [this.#tableArn],
        conditions: {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': [partitionKey, sortKey] },
          StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      }),
    );
    this.#allowDecrypting(grantee);
  }

  #allow(grantee: IGrantable, statement: PolicyStatement): void {
    grantee.grantPrincipal.addToPrincipalPolicy(statement);
  }

  #allowDecrypting(grantee: IGrantable): void {
    const { kmsKeyArn } = this.#existing ?? {};
    if (kmsKeyArn === undefined) return;
    this.#allow(
      grantee,
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:DescribeKey'],
        resources: [kmsKeyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': viaService(this, 'dynamodb', regionOfArn(kmsKeyArn)) },
        },
      }),
    );
  }

  #arnOf(resourceName: string, region: string | undefined): string {
    const place = region === undefined ? {} : { region };
    return Stack.of(this).formatArn({ service: 'dynamodb', resource: 'table', resourceName, ...place });
  }
}
