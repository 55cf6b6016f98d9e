import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import {
  auditLogAttributes,
  defaultPartBytes,
  largestPartBytes,
  sortKeyType,
} from '../lambdas/environment.ts';
import { ConfigurationError } from './configuration-error.ts';

/** The key of the CDK context that holds the configuration as one object. */
export const contextKey = 'siem-export';

const wholeNumber = (least: number, most: number) => {
  const error = `expected a whole number from ${least} to ${most}`;
  // A setting on the command line (`-c settleMinutes=5`) arrives as text.
  const number = z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error });
  return number.refine(value => Number.isInteger(value) && value >= least && value <= most, { error });
};

const matching = (pattern: RegExp, expected: string) =>
  z.string({ error: `expected ${expected}` }).regex(pattern, `expected ${expected}`);

const retentionDays = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

const attributeName = matching(/^[\s\S]{1,255}$/, 'the name of an attribute, 1 to 255 characters');

const tableName = matching(/^[\w.-]{3,255}$/, 'a table name: 3 to 255 letters, digits and _ . -');
const tableArn = matching(
  /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/,
  'arn:aws:dynamodb:<region>:<12 digits>:table/<name>',
);
const keyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  'arn:aws:kms:<region>:<12 digits>:key/<id>',
);

/** The names that the stack's own audit-log table uses, and an existing table's where nothing else is said. */
export const ownAuditLog = {
  partitionKey: 'accountId',
  sortKey: 'recordedAt',
  sortKeyType: 'iso',
  attributes: {
    date: 'date',
    email: 'email',
    action: 'action',
    actionId: 'actionId',
    description: 'description',
    ipAddress: 'ipAddress',
  },
} as const;

const existingAuditLog = z
  .strictObject({
    tableName: tableName.optional(),
    tableArn: tableArn.optional(),
    partitionKey: attributeName.default(ownAuditLog.partitionKey),
    sortKey: attributeName.default(ownAuditLog.sortKey),
    sortKeyType: sortKeyType.default(ownAuditLog.sortKeyType),
    attributes: auditLogAttributes.partial().default({}),
    kmsKeyArn: keyArn.optional(),
  })
  .transform(({ attributes, ...settings }) => ({
    ...settings,
    attributes: auditLogAttributes.parse({ ...ownAuditLog.attributes, ...attributes }),
  }))
  .refine(({ tableName, tableArn }) => (tableName === undefined) !== (tableArn === undefined), {
    error: 'expected either tableName or tableArn',
  });

const configuration = z
  .strictObject({
    stage: matching(
      /^[a-z][a-z0-9-]{0,19}$/,
      'the name of the stage: up to 20 lower-case letters, digits, hyphens',
    ),
    account: matching(/^\d{12}$/, 'an AWS account id, 12 digits (in quotes)').optional(),
    region: matching(/^[a-z]{2}(-[a-z]+){1,3}-\d{1,2}$/, 'a region such as eu-central-1').optional(),
    alarmEmail: z.email({ error: 'expected an e-mail address' }).optional(),
    settleMinutes: wholeNumber(0, 15).default(5),
    maxConcurrency: wholeNumber(2, 1000).default(50),
    partBytes: wholeNumber(1_048_576, largestPartBytes).default(defaultPartBytes),
    logRetentionDays: wholeNumber(1, 3653)
      .refine(days => retentionDays.includes(days), { error: `expected one of ${retentionDays.join(', ')}` })
      .default(RetentionDays.THREE_MONTHS),
    secretPrefix: matching(
      /^[\w/+=.@-]{1,200}\/$/,
      'letters, digits and / _ + = . @ -, with a slash at the end',
    ).optional(),
    assumableRoles: z
      .array(
        matching(
          /^arn:aws[a-z-]*:iam::(\d{12}|\*):role\/[\w+=,.@/*-]{1,512}$/,
          'arn:aws:iam::<account>:role/<name>',
        ),
      )
      .min(1, 'expected at least one role')
      .optional(),
    runbookUrl: matching(/^\S{1,300}$/, 'where the runbook is, without spaces').default('docs/runbook.md'),
    auditLog: existingAuditLog.optional(),
  })
  .transform(({ secretPrefix, ...settings }) => ({
    ...settings,
    secretPrefix: secretPrefix ?? `siem-export/${settings.stage}/`,
  }));

/** Settings of `auditLog` by the names that they have on the command line, where nothing nests. */
const auditLogSettings: Readonly<Record<string, string>> = {
  auditLogTableName: 'tableName',
  auditLogTableArn: 'tableArn',
  auditLogPartitionKey: 'partitionKey',
  auditLogSortKey: 'sortKey',
  auditLogSortKeyType: 'sortKeyType',
  auditLogKmsKeyArn: 'kmsKeyArn',
};

/**
 * A stage's configuration.
 *
 * - `stage`: part of every name, so that several stages fit in one account
 * - `account`, `region`: where to deploy; without them, where the CDK's credentials point
 * - `alarmEmail`: who is told of alarms; without it the topic has no subscriber yet
 * - `settleMinutes`: how long after its end a window is read
 * - `maxConcurrency`: how many accounts are exported at once
 * - `partBytes`: the largest content of one file, in bytes before compression
 * - `logRetentionDays`: how long the functions' logs are kept
 * - `secretPrefix`: the functions read secrets under this name only
 * - `assumableRoles`: customers' roles that may be assumed; without it every role of another AWS account
 * - `runbookUrl`: what alarms link to, before the `#`
 * - `auditLog`: an existing table with the audit rows; without it the stack has its own
 */
export type Configuration = z.output<typeof configuration>;
export type ExistingAuditLog = NonNullable<Configuration['auditLog']>;

/**
 * The configuration from the CDK's context: the object under `siem-export` (cdk.json), over it single settings
 * (`-c stage=prod -c auditLogTableName=audit`).
 *
 * @throws ConfigurationError naming every setting at fault
 */
export function readConfiguration(context: Readonly<Record<string, unknown>>): Configuration {
  const parsed = configuration.safeParse(mergeSettings(context));
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap(describeFault);
  throw new ConfigurationError(
    `The configuration (CDK context) is wrong:\n${faults.map(fault => `  - ${fault}`).join('\n')}`,
  );
}

function mergeSettings(context: Readonly<Record<string, unknown>>): unknown {
  const base = context[contextKey] ?? {};
  if (!isObject(base)) throw new ConfigurationError(`${contextKey}: expected an object with the settings`);
  const merged: Record<string, unknown> = { ...base };
  const auditLog: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(context)) {
    // The CDK's own context has names with @ / : or -, a setting never has.
    if (!/^\w+$/.test(name)) continue;
    const nested = auditLogSettings[name];
    if (nested === undefined) merged[name] = value;
    else auditLog[nested] = value;
  }
  if (Object.keys(auditLog).length > 0)
    merged.auditLog = { ...(isObject(merged.auditLog) ? merged.auditLog : {}), ...auditLog };
  return merged;
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
