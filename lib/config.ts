import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { configurationSchema } from './config-schema.ts';
import { ConfigurationError } from './configuration-error.ts';

/** The key of the CDK context that holds the configuration as one object. */
export const contextKey = 'siem-export';

/** The setting that names a JSON file with the configuration of a stage, relative to the working directory. */
const fileSetting = 'configFile';

/** Settings inside an object by the names that they have on the command line, where nothing nests. */
const nestedSettings: Readonly<Record<string, readonly [group: string, name: string]>> = {
  auditLogTableName: ['auditLog', 'tableName'],
  auditLogTableArn: ['auditLog', 'tableArn'],
  auditLogRegion: ['auditLog', 'region'],
  auditLogPartitionKey: ['auditLog', 'partitionKey'],
  auditLogSortKey: ['auditLog', 'sortKey'],
  auditLogSortKeyType: ['auditLog', 'sortKeyType'],
  auditLogKmsKeyArn: ['auditLog', 'kmsKeyArn'],
  vpcCidr: ['vpc', 'cidr'],
  vpcEgressAddresses: ['vpc', 'egressAddresses'],
};

/**
 * A stage's configuration; docs/operator/settings.md says what each setting is for.
 *
 * - `stage`: part of every name, so that several stages fit in one account
 * - `account`, `region`: where to deploy; without them, where the CDK's credentials point
 * - `alarmEmail`: who is told of alarms, of both kinds or of each; without it the topics have no subscriber yet
 * - `settleMinutes`: how long after its end a window is read
 * - `recountAfterHours`: how long after its end a window is counted again, for rows recorded late; without it, none is
 * - `maxConcurrency`: how many accounts are exported at once
 * - `partBytes`: the largest content of one file, in bytes before compression
 * - `logRetentionDays`: how long the functions' logs are kept
 * - `secretPrefix`: the functions read secrets under this name only
 * - `assumableRoles`: customers' roles that may be assumed; without it every role of another AWS account
 * - `operators`: who may try a customer's role as the exporter would; without it nobody
 * - `encryptionKeyArn`: a KMS key of one's own; without it the stack has its own
 * - `permissionsBoundaryArn`: the boundary of every role of the stack
 * - `terminationProtection`: whether the stack can't be deleted by mistake; without it, every stage but `dev` is protected
 * - `tags`: of every resource that CloudFormation can tag in every region
 * - `vpc`: a network with fixed egress addresses for the exporter; without it the exporter is in none
 * - `runbookUrl`: what alarms link to, before the `#`
 * - `auditLog`: an existing table with the audit rows; without it the stack has its own. Its `required`, the fields without
 *   which a row is malformed, is for either
 */
export type Configuration = z.output<typeof configurationSchema>;
export type ExistingAuditLog = NonNullable<Configuration['auditLog']>;
export type VpcSettings = NonNullable<Configuration['vpc']>;

/**
 * The configuration from the CDK's context: the object under `siem-export` (cdk.json) or the file that
 * `-c configFile=stages/prod.json` names instead, over it single settings (`-c stage=prod -c auditLogTableName=audit`).
 *
 * @throws ConfigurationError naming every setting at fault
 */
export function readConfiguration(context: Readonly<Record<string, unknown>>): Configuration {
  const parsed = configurationSchema.safeParse(mergeSettings(context));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap(describeFault);
  throw new ConfigurationError(
    `The configuration (CDK context) is wrong:\n${faults.map(fault => `  - ${fault}`).join('\n')}`,
  );
}

function mergeSettings(context: Readonly<Record<string, unknown>>): unknown {
  const merged: Record<string, unknown> = { ...baseSettings(context) };
  for (const [name, value] of Object.entries(context)) {
    // The CDK's own context has names with @ / : or -, a setting never has.
    if (!/^\w+$/.test(name) || name === fileSetting) continue;
    const nested = nestedSettings[name];
    if (nested === undefined) merged[name] = value;
    else {
      const [group, setting] = nested;
      const members = merged[group];
      merged[group] = { ...(isObject(members) ? members : {}), [setting]: value };
    }
  }
  return merged;
}

function baseSettings(context: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const file = context[fileSetting];
  const [name, base] =
    file === undefined ? [contextKey, context[contextKey] ?? {}] : [fileSetting, readSettings(String(file))];
  if (!isObject(base)) throw new ConfigurationError(`${name}: expected an object with the settings`);
  return base;
}

function readSettings(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new ConfigurationError(`${fileSetting}: ${path} ${reason}`, { cause });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeFault(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => `${[...path, key].join('.')}: there is no such setting`);
  return [`${path.join('.')}: ${issue.message}`];
}
