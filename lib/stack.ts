import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { Alarms } from './alarms.ts';
import { AuditLog } from './audit-log.ts';
import type { Configuration } from './config.ts';
import { Dashboard } from './dashboard.ts';
import { Dispatcher } from './dispatcher.ts';
import { EncryptionKey } from './encryption-key.ts';
import { ExportQueue } from './export-queue.ts';
import { Exporter } from './exporter.ts';
import type { FunctionCode } from './function-code.ts';
import { LogQueries } from './log-queries.ts';
import { Network } from './network.ts';
import { Tables } from './tables.ts';
import { TriggerDeadLetters } from './trigger-dead-letters.ts';
import { Watchdog } from './watchdog.ts';

export interface SiemExportStackProps extends StackProps {
  readonly configuration: Configuration;
  readonly code: FunctionCode;
}

/** One complete stage of SIEM export. */
export class SiemExportStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, code, ...props }: SiemExportStackProps) {
    super(scope, id, props);
    const { stage, encryptionKeyArn, permissionsBoundaryArn, vpc } = configuration;
    if (permissionsBoundaryArn !== undefined) this.#boundAllRoles(permissionsBoundaryArn);
    const encryptionKey = new EncryptionKey(this, 'Encryption', { stage, existingKeyArn: encryptionKeyArn });
    const network =
      vpc &&
      new Network(this, 'Network', { stage, settings: vpc, logRetention: configuration.logRetentionDays });
    const alarms = new Alarms(this, 'Alarms', {
      stage,
      encryptionKey,
      runbookUrl: configuration.runbookUrl,
      email: configuration.alarmEmail,
    });
    const existingAuditLog = configuration.auditLog;
    const tables = new Tables(this, 'Tables', {
      stage,
      encryptionKey,
      withAuditLog: existingAuditLog === undefined,
    });
    const auditLog = new AuditLog(this, 'AuditLog', {
      table: tables.auditLogs,
      existing: existingAuditLog,
      required: configuration.requiredFields,
    });
    const exportQueue = new ExportQueue(this, 'Exports', { stage, encryptionKey, alarms });
    const triggerDeadLetters = new TriggerDeadLetters(this, 'TriggerDeadLetters', { stage, alarms });
    // Must not have a description: in GovCloud and China, CloudFormation would reject the template.
    const eventBus = new EventBus(this, 'Events', { eventBusName: `siem-export-${stage}` });

    const shared = { configuration, tables, encryptionKey, alarms };
    const dispatcher = new Dispatcher(this, 'Dispatch', {
      ...shared,
      code: code.dispatcher,
      exportQueue: exportQueue.queue,
      triggerDeadLetterQueue: triggerDeadLetters.queue,
    });
    const exporter = new Exporter(this, 'Export', {
      ...shared,
      code: code.exporter,
      auditLog,
      exportQueue,
      eventBus,
      network,
    });
    const watchdog = new Watchdog(this, 'Watch', {
      ...shared,
      code: code.watchdog,
      auditLog,
      triggerDeadLetterQueue: triggerDeadLetters.queue,
    });

    const functions = {
      dispatcher: dispatcher.pipelineFunction,
      exporter: exporter.pipelineFunction,
      watchdog: watchdog.pipelineFunction,
    };
    new LogQueries(this, 'LogQueries', {
      stage,
      logGroups: {
        dispatcher: functions.dispatcher.logGroup,
        exporter: functions.exporter.logGroup,
        watchdog: functions.watchdog.logGroup,
      },
    });
    const dashboard = new Dashboard(this, 'Dashboard', {
      stage,
      runbookUrl: configuration.runbookUrl,
      alarms,
      exportQueue,
      triggerDeadLetters,
      functions,
      tables,
    });

    const outputs = {
      Stage: stage,
      AccountsTableName: tables.accounts.tableName,
      AuditLogTableName: auditLog.source.tableName,
      ExportLedgerTableName: tables.exportLedger.tableName,
      DispatchStateTableName: tables.dispatchState.tableName,
      ExportQueueUrl: exportQueue.queue.queueUrl,
      ExportDeadLetterQueueUrl: exportQueue.deadLetterQueue.queueUrl,
      TriggerDeadLetterQueueUrl: triggerDeadLetters.queue.queueUrl,
      EventBusName: eventBus.eventBusName,
      DashboardName: dashboard.dashboardName,
      PageTopicArn: alarms.topics.page.topicArn,
      TicketTopicArn: alarms.topics.ticket.topicArn,
      EncryptionKeyArn: encryptionKey.key.keyArn,
      ExporterRoleArn: exporter.roleArn,
      WatchdogRoleArn: watchdog.roleArn,
      SecretPrefix: configuration.secretPrefix,
      ...(network && { EgressAddresses: network.egressAddresses.join(', ') }),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }

  /** Any two zones, unless the configuration names them: looking up their names would need credentials at synthesis. */
  override get availabilityZones(): string[] {
    return [0, 1].map(index => Fn.select(index, Fn.getAzs()));
  }

  #boundAllRoles(policyArn: string): void {
    PermissionsBoundary.of(this).apply(ManagedPolicy.fromManagedPolicyArn(this, 'Boundary', policyArn));
  }
}
