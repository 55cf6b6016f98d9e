import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { configurationSchema } from './config-schema.ts';
import { ConfigurationError } from './configuration-error.ts';

/** The key of the CDK context that holds the configuration as one object. */
export const contextKey = 'siem-export';

/** The setting with the path of a JSON file with a stage's configuration, relative to the working directory. */
const fileSetting = 'configFile';

/** The command-line names of settings inside an object: `-c` cannot set nested values. */
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
 * A stage's configuration; docs/operator/settings.md explains each setting.
 *
 * - `stage`: part of every name, so that several stages fit in one account
 * - `account`, `region`: where to deploy; without them, the account and region of the CDK's credentials
 * - `alarmEmail`: who receives alarms, one address for both severities or one for each; without it the topics have no
 *   subscriber
 * - `settleMinutes`: how long after its end a window is read
 * - `recountAfterHours`: how long after its end a window is counted again, to find rows recorded late; without it, no
 *   window is counted again
 * - `maxConcurrency`: how many accounts are exported at once
 * - `partBytes`: the largest size of one file, in bytes before compression
 * - `logRetentionDays`: how long the functions' logs are kept
 * - `secretPrefix`: the functions read only secrets whose names begin with it
 * - `assumableRoles`: customers' roles that may be assumed; without it every role of another AWS account
 * - `operators`: who may test a customer's role in the exporter's name; without it nobody
 * - `encryptionKeyArn`: an existing KMS key; without it the stack creates one
 * - `permissionsBoundaryArn`: the boundary of every role of the stack
 * - `terminationProtection`: whether the stack is protected from deletion; without it, every stage but `dev` is
 * - `tags`: tags for every resource that CloudFormation can tag in every region
 * - `vpc`: a network with fixed egress addresses for the exporter; without it the exporter is in no VPC
 * - `runbookUrl`: the address of the runbook in alarms, without the `#`
 * - `auditLog`: an existing table with the audit rows; without it the stack creates one. Its `required`, the fields
 *   that every row must have, is for either table
 * - `productName`, `vendorName`: the names of your product and company in OCSF events and in readers' kits
 * - `ocsfVersion`: the version of the schema of OCSF events
 * - `actionsFile`: the path of the JSON file that says what each action means; relative to the working directory
 */
export type Configuration = z.output<typeof configurationSchema>;
export type ExistingAuditLog = NonNullable<Configuration['auditLog']>;
export type VpcSettings = NonNullable<Configuration['vpc']>;

/**
 * Reads the configuration from the CDK's context: the object `siem-export` (in cdk.json), or instead of it the file in
 * `-c configFile=stages/prod.json`. Single settings (`-c stage=prod -c auditLogTableName=audit`) override both.
 *
 * @throws ConfigurationError naming every wrong setting
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
    // Names with @ / : or - belong to the CDK's own context. No setting has such a name.
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
