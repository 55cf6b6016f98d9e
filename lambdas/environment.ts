import * as z from 'zod';
import { type AuditLogAttributes, type RecordField, recordColumns } from './domain/audit-record.ts';
import { describeFaults } from './domain/faults.ts';
import { ocsfVersion } from './domain/format.ts';
import { type SortKeyType, sortKeyTypes } from './domain/sort-key.ts';

/**
 * The environment variables of the three functions. The stack sets them and the handlers read them, both with these
 * names. In the stack, `satisfies Record<DispatcherVariable, string>` turns a missing variable into a type error.
 */
export const variables = {
  /** The stage's name. */
  stage: 'STAGE',
  accountsTable: 'ACCOUNTS_TABLE',
  timeZoneIndex: 'TIME_ZONE_INDEX',
  dispatchStateTable: 'DISPATCH_STATE_TABLE',
  ledgerTable: 'LEDGER_TABLE',
  exportQueueUrl: 'EXPORT_QUEUE_URL',
  eventBusName: 'EVENT_BUS_NAME',
  secretPrefix: 'SECRET_PREFIX',
  /** The settle time, in seconds. */
  settleSeconds: 'SETTLE_SECONDS',
  /**
   * How long after its end a delivered window is counted again, in seconds; absent if windows are not counted again.
   */
  recountAfterSeconds: 'RECOUNT_AFTER_SECONDS',
  /** The largest size of one file before compression, in bytes. */
  partBytes: 'PART_BYTES',
  writerVersion: 'WRITER_VERSION',
  /** JSON: the product's and the vendor's name, the version of OCSF, and the version of these with the actions. */
  ocsf: 'OCSF',
  auditLogTable: 'AUDIT_LOG_TABLE',
  auditLogPartitionKey: 'AUDIT_LOG_PARTITION_KEY',
  auditLogSortKey: 'AUDIT_LOG_SORT_KEY',
  auditLogSortKeyType: 'AUDIT_LOG_SORT_KEY_TYPE',
  /** JSON: the name of the attribute for each field of a record. */
  auditLogAttributes: 'AUDIT_LOG_ATTRIBUTES',
  /** JSON: the fields that every row must have. */
  auditLogRequired: 'AUDIT_LOG_REQUIRED',
  auditLogRegion: 'AUDIT_LOG_REGION',
  localS3Endpoint: 'LOCAL_S3_ENDPOINT',
  localStsEndpoint: 'LOCAL_STS_ENDPOINT',
  localGcsEndpoint: 'LOCAL_GCS_ENDPOINT',
  localAzureEndpoint: 'LOCAL_AZURE_ENDPOINT',
} as const;

export const longestSettleMinutes = 24 * 60;
export const longestRecountHours = 30 * 24;

export const defaultPartBytes = 1_073_741_824;
/** Below 4 GiB, because the zip writer does not support ZIP64. */
export const largestPartBytes = 3_500_000_000;

const text = z.string({ error: 'expected a text, got nothing' }).min(1, 'expected a text, got an empty one');

const wholeNumber = (least: number, most: number) => {
  const expected = `expected a whole number from ${least} to ${most}`;
  return z
    .string({ error: `${expected}, got nothing` })
    .regex(/^\d{1,12}$/, expected)
    .transform(Number)
    .refine(value => value >= least && value <= most, expected);
};

const settleSeconds = wholeNumber(0, longestSettleMinutes * 60);

const loopback = z
  .string()
  .refine(isLoopbackUrl, 'expected the URL of a server on this machine, such as http://127.0.0.1:4566')
  .optional();

/** The name of the attribute for each field of a record. */
export const auditLogAttributes = z.strictObject({
  date: text,
  email: text,
  action: text,
  actionId: text,
  description: text,
  ipAddress: text,
});

export const sortKeyType = z.enum(sortKeyTypes, { error: 'expected iso or epochMilliseconds' });

const recordFields = recordColumns.map(([, field]) => field);

/** The fields that every row must have. */
export const requiredFields = z.array(
  z.enum(recordFields, { error: `expected one of ${recordFields.join(', ')}` }),
);

const json = text.transform((json, context) => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' });
    return z.NEVER;
  }
});

/** The audit log's table and the names of its attributes. */
export interface AuditLogSource {
  /** The table's name, or its ARN if it belongs to another AWS account. */
  readonly tableName: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly sortKeyType: SortKeyType;
  readonly attributes: Omit<AuditLogAttributes, 'sortKey'>;
  /** A row without one of these fields is malformed. Default: none. */
  readonly required?: readonly RecordField[] | undefined;
  /** The table's region, if it differs from the function's. */
  readonly region?: string | undefined;
}

/** How OCSF events are made, apart from the actions, which are part of the function's code. */
const ocsf = z.strictObject({
  version: ocsfVersion,
  product: z.strictObject({ name: text, vendor: text }),
  mapping: text,
});

const auditLogVariables = {
  [variables.auditLogTable]: text,
  [variables.auditLogPartitionKey]: text,
  [variables.auditLogSortKey]: text,
  [variables.auditLogSortKeyType]: sortKeyType,
  [variables.auditLogAttributes]: json.pipe(auditLogAttributes),
  [variables.auditLogRequired]: json.pipe(requiredFields).optional(),
  [variables.auditLogRegion]: text.optional(),
} as const;

function auditLogOf(read: z.output<z.ZodObject<typeof auditLogVariables>>): AuditLogSource {
  return {
    tableName: read.AUDIT_LOG_TABLE,
    partitionKey: read.AUDIT_LOG_PARTITION_KEY,
    sortKey: read.AUDIT_LOG_SORT_KEY,
    sortKeyType: read.AUDIT_LOG_SORT_KEY_TYPE,
    attributes: read.AUDIT_LOG_ATTRIBUTES,
    required: read.AUDIT_LOG_REQUIRED,
    region: read.AUDIT_LOG_REGION,
  };
}

const dispatcherEnvironment = z
  .object({
    [variables.stage]: text,
    [variables.accountsTable]: text,
    [variables.timeZoneIndex]: text,
    [variables.dispatchStateTable]: text,
    [variables.exportQueueUrl]: text,
    [variables.settleSeconds]: settleSeconds,
  })
  .transform(read => ({
    stage: read.STAGE,
    accountsTable: read.ACCOUNTS_TABLE,
    timeZoneIndex: read.TIME_ZONE_INDEX,
    dispatchStateTable: read.DISPATCH_STATE_TABLE,
    exportQueueUrl: read.EXPORT_QUEUE_URL,
    settleSeconds: read.SETTLE_SECONDS,
  }));

const exporterEnvironment = z
  .object({
    [variables.stage]: text,
    [variables.accountsTable]: text,
    [variables.ledgerTable]: text,
    [variables.dispatchStateTable]: text,
    ...auditLogVariables,
    [variables.exportQueueUrl]: text,
    [variables.eventBusName]: text,
    [variables.secretPrefix]: text,
    [variables.settleSeconds]: settleSeconds,
    [variables.recountAfterSeconds]: wholeNumber(1, longestRecountHours * 3600).optional(),
    [variables.partBytes]: wholeNumber(1, largestPartBytes),
    [variables.writerVersion]: text,
    [variables.ocsf]: json.pipe(ocsf),
    [variables.localS3Endpoint]: loopback,
    [variables.localStsEndpoint]: loopback,
    [variables.localGcsEndpoint]: loopback,
    [variables.localAzureEndpoint]: loopback,
  })
  .transform(read => {
    return {
      stage: read.STAGE,
      accountsTable: read.ACCOUNTS_TABLE,
      ledgerTable: read.LEDGER_TABLE,
      dispatchStateTable: read.DISPATCH_STATE_TABLE,
      auditLog: auditLogOf(read),
      exportQueueUrl: read.EXPORT_QUEUE_URL,
      eventBusName: read.EVENT_BUS_NAME,
      secretPrefix: read.SECRET_PREFIX,
      settleSeconds: read.SETTLE_SECONDS,
      recountAfterSeconds: read.RECOUNT_AFTER_SECONDS,
      partBytes: read.PART_BYTES,
      writerVersion: read.WRITER_VERSION,
      ocsf: read.OCSF,
      /** Servers in place of the clouds; set only in local mode. */
      endpoints: {
        s3: read.LOCAL_S3_ENDPOINT,
        sts: read.LOCAL_STS_ENDPOINT,
        gcs: read.LOCAL_GCS_ENDPOINT,
        azure: read.LOCAL_AZURE_ENDPOINT,
      },
    };
  });

const watchdogEnvironment = z
  .object({
    [variables.stage]: text,
    [variables.accountsTable]: text,
    [variables.dispatchStateTable]: text,
    [variables.ledgerTable]: text,
    ...auditLogVariables,
    [variables.settleSeconds]: settleSeconds,
  })
  .transform(read => ({
    stage: read.STAGE,
    accountsTable: read.ACCOUNTS_TABLE,
    dispatchStateTable: read.DISPATCH_STATE_TABLE,
    ledgerTable: read.LEDGER_TABLE,
    auditLog: auditLogOf(read),
    settleSeconds: read.SETTLE_SECONDS,
  }));

type RequiredName<Variables> = {
  [Name in keyof Variables]-?: undefined extends Variables[Name] ? never : Name;
}[keyof Variables];

/** The variables that the stack must set for each function. */
export type DispatcherVariable = RequiredName<z.input<typeof dispatcherEnvironment>>;
export type ExporterVariable = RequiredName<z.input<typeof exporterEnvironment>>;
export type WatchdogVariable = RequiredName<z.input<typeof watchdogEnvironment>>;

export type ExporterEnvironment = Readonly<z.output<typeof exporterEnvironment>>;

/** The function's environment is invalid. The message names every wrong variable, but no value. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  readonly code = 'environment_invalid';
  readonly retryable = false;
}

export const readDispatcherEnvironment = readerOf(dispatcherEnvironment);
export const readExporterEnvironment = readerOf(exporterEnvironment);
export const readWatchdogEnvironment = readerOf(watchdogEnvironment);

/** The function's region. Lambda sets the variable. */
export const readRegion = readerOf(z.object({ AWS_REGION: text }).transform(read => read.AWS_REGION));

/** Returns a reader of a function's environment. It throws an EnvironmentError that names every wrong variable. */
function readerOf<Read>(schema: z.ZodType<Read>) {
  return (environment: Readonly<Record<string, string | undefined>>): Readonly<Read> => {
    const parsed = schema.safeParse(environment);
    if (parsed.success) return parsed.data;
    throw new EnvironmentError(`The function's environment is wrong: ${describeFaults(parsed.error)}`);
  };
}

/**
 * Only this machine is allowed, so that such a variable, if set in AWS by mistake, cannot send a credential elsewhere.
 */
function isLoopbackUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  const loopbackHosts = ['127.0.0.1', 'localhost', '[::1]'];
  return (
    (protocol === 'http:' || protocol === 'https:') &&
    (loopbackHosts.includes(hostname) || hostname.endsWith('.localhost'))
  );
}
