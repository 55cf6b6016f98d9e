import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { defaultAttributes } from '../lambdas/domain/audit-record.ts';
import { availabilityZonePattern, regionPattern } from '../lambdas/domain/aws-region.ts';
import { ocsfVersion } from '../lambdas/domain/format.ts';
import { mappingId } from '../lambdas/domain/mapping.ts';
import {
  auditLogAttributes,
  defaultPartBytes,
  largestPartBytes,
  longestRecountHours,
  longestSettleMinutes,
  requiredFields,
  sortKeyType,
} from '../lambdas/environment.ts';
import { defaultActionsFile, readActionsFile } from '../readers/actions-file.ts';

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

/** AWS allows 50 tags for each resource; the stage and CloudFormation add their own. */
const mostTags = 40;

const attributeName = matching(/^[\s\S]{1,255}$/, 'the name of an attribute, 1 to 255 characters');
const region = matching(regionPattern, 'a region such as eu-central-1');
const tableName = matching(/^[\w.-]{3,255}$/, 'a table name: 3 to 255 letters, digits and _ . -');
const tableArn = matching(
  /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/,
  'arn:aws:dynamodb:<region>:<12 digits>:table/<name>',
);
const keyArn = matching(
  /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  'arn:aws:kms:<region>:<12 digits>:key/<id>',
);
const policyArn = matching(
  /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
  'arn:aws:iam::<12 digits>:policy/<name>',
);
const roleArn = matching(
  /^arn:aws[a-z-]*:iam::(\d{12}|\*):role\/[\w+=,.@/*-]{1,512}$/,
  'arn:aws:iam::<account>:role/<name>',
);
const principalArn = matching(
  /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,512}$/,
  'arn:aws:iam::<12 digits>:role/<name>, or of a user',
);
const availabilityZone = matching(
  availabilityZonePattern,
  'the name of an availability zone such as eu-central-1a',
);
const privateRange = matching(
  /^(10\.\d{1,3}|172\.(1[6-9]|2\d|3[01])|192\.168)\.\d{1,3}\.\d{1,3}\/(1[6-9]|2[0-4])$/,
  'a private IPv4 range of /16 to /24, such as 10.0.0.0/20',
);

/** The names in the stack's own audit-log table, which are also the defaults for an existing table. */
const { sortKey, ...attributes } = defaultAttributes;
export const ownAuditLog = { partitionKey: 'accountId', sortKey, sortKeyType: 'iso', attributes } as const;

const auditLogSettings = z.strictObject({
  tableName: tableName.optional(),
  tableArn: tableArn.optional(),
  region: region.optional(),
  partitionKey: attributeName.default(ownAuditLog.partitionKey),
  sortKey: attributeName.default(ownAuditLog.sortKey),
  sortKeyType: sortKeyType.default(ownAuditLog.sortKeyType),
  attributes: auditLogAttributes.partial().default({}),
  required: requiredFields.default([]),
  kmsKeyArn: keyArn.optional(),
});

/** Whether only `required` is set. Then the settings are for the stack's own table and name no existing one. */
function isOfOwnTable({ required, attributes, ...settings }: z.output<typeof auditLogSettings>): boolean {
  const { partitionKey, sortKey, sortKeyType, ...others } = settings;
  const names = [partitionKey, sortKey, sortKeyType].join();
  const ownNames = [ownAuditLog.partitionKey, ownAuditLog.sortKey, ownAuditLog.sortKeyType].join();
  const isBare = [...Object.values(attributes), ...Object.values(others)].every(value => value === undefined);
  return required.length > 0 && isBare && names === ownNames;
}

const auditLog = auditLogSettings
  .transform(({ attributes, ...settings }) => ({
    ...settings,
    ofOwnTable: isOfOwnTable({ attributes, ...settings }),
    attributes: auditLogAttributes.parse({ ...ownAuditLog.attributes, ...attributes }),
  }))
  .superRefine((settings, context) => {
    const fault = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', path, message });
    const { tableName, tableArn, region, kmsKeyArn, partitionKey, sortKey, ofOwnTable } = settings;
    if (!ofOwnTable && (tableName === undefined) === (tableArn === undefined))
      fault('expected either tableName or tableArn');
    if (tableArn !== undefined && region !== undefined)
      fault('expected no region beside tableArn, which names it', 'region');
    if (partitionKey === sortKey) fault('expected another attribute than the partition key', 'sortKey');
    const tableRegion = tableArn === undefined ? region : regionOfArn(tableArn);
    if (kmsKeyArn !== undefined && tableRegion !== undefined && regionOfArn(kmsKeyArn) !== tableRegion)
      fault(`expected a key of the table’s region, ${tableRegion}`, 'kmsKeyArn');
  });

const vpcSettings = z.strictObject({
  cidr: privateRange.default('10.0.0.0/20'),
  egressAddresses: wholeNumber(1, 2).default(2),
  availabilityZones: z
    .array(availabilityZone, { error: 'expected two availability zones' })
    .length(2, 'expected two availability zones')
    .refine(zones => new Set(zones).size === zones.length, 'expected two different availability zones')
    .optional(),
});

const email = z.email({ error: 'expected an e-mail address' });

/** One address for both topics, or one for each. */
const alarmEmail = z.union(
  [
    email.transform(address => ({ page: address, ticket: address })),
    z.strictObject({ page: email.optional(), ticket: email.optional() }),
  ],
  { error: 'expected an e-mail address, or { "page": …, "ticket": … } with one for each' },
);

const expectedBoolean = 'expected true or false';
/** A boolean, or its text, as from `-c name=false`. */
const yesOrNo = z
  .union([z.boolean(), z.enum(['true', 'false'])], { error: expectedBoolean })
  .transform(value => value === true || value === 'true');

const shortText = (expected: string) =>
  matching(/^[^\p{Cc}]{1,64}$/u, `${expected}, 1 to 64 characters without control characters`);

/** The characters that every AWS service allows in a tag. */
const tagText = (least: number, most: number) =>
  matching(
    new RegExp(`^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{${least},${most}}$`, 'u'),
    `${least} to ${most} letters, digits, spaces and _ . : / = + - @`,
  );
const tags = z
  .record(
    tagText(1, 128).refine(
      name => !/^(aws|siem-export):/i.test(name),
      'expected a name that does not begin with aws: or siem-export:',
    ),
    tagText(0, 256),
    { error: 'expected an object with the names and values of tags' },
  )
  .refine(all => Object.keys(all).length <= mostTags, `expected at most ${mostTags} tags`);

/** Read here and not later, so that its faults are told with those of the other settings. */
const actionsFile = matching(/^[^\0]{1,1000}$/, 'the path of a JSON file')
  .default(defaultActionsFile)
  .transform((path, context) => {
    const { data: rules, faults } = readActionsFile(path);
    for (const message of faults) context.addIssue({ code: 'custom', message });
    return rules === undefined ? z.NEVER : { path, rules };
  });

const settings = z.strictObject({
  stage: matching(
    /^[a-z][a-z0-9-]{0,19}$/,
    'the name of the stage: up to 20 lower-case letters, digits, hyphens',
  ),
  account: matching(/^\d{12}$/, 'an AWS account id, 12 digits (in quotes)').optional(),
  region: region.optional(),
  alarmEmail: alarmEmail.optional(),
  settleMinutes: wholeNumber(0, longestSettleMinutes).default(5),
  recountAfterHours: wholeNumber(1, longestRecountHours).optional(),
  maxConcurrency: wholeNumber(2, 1000).default(50),
  partBytes: wholeNumber(1_048_576, largestPartBytes).default(defaultPartBytes),
  logRetentionDays: wholeNumber(1, 3653)
    .refine(days => retentionDays.includes(days), { error: `expected one of ${retentionDays.join(', ')}` })
    .default(RetentionDays.THREE_MONTHS),
  secretPrefix: matching(
    /^[\w/+=.@-]{1,200}\/$/,
    'letters, digits and / _ + = . @ -, with a slash at the end',
  ).optional(),
  assumableRoles: z.array(roleArn).min(1, 'expected at least one role').optional(),
  operators: z.array(principalArn).min(1, 'expected at least one operator').optional(),
  encryptionKeyArn: keyArn.optional(),
  permissionsBoundaryArn: policyArn.optional(),
  vpc: vpcSettings.optional(),
  terminationProtection: yesOrNo.optional(),
  tags: tags.default({}),
  runbookUrl: matching(/^\S{1,300}$/, 'where the runbook is, without spaces').default(
    'docs/operator/runbook.md',
  ),
  auditLog: auditLog.optional(),
  productName: shortText('the name of your product').default('SaaS product'),
  vendorName: shortText('the name of your company').default('SaaS vendor'),
  ocsfVersion: z
    .enum(ocsfVersion.options, { error: `expected ${ocsfVersion.options.join(' or ')}` })
    .default('1.1.0'),
  actionsFile,
});

export const configurationSchema = settings
  .superRefine(({ settleMinutes, recountAfterHours }, context) => {
    if (recountAfterHours === undefined || recountAfterHours * 60 > settleMinutes) return;
    const message = 'expected a longer time than settleMinutes: a window is read first';
    context.addIssue({ code: 'custom', path: ['recountAfterHours'], message });
  })
  .superRefine(({ region, encryptionKeyArn }, context) => {
    if (encryptionKeyArn === undefined || region === undefined || regionOfArn(encryptionKeyArn) === region)
      return;
    const message = `expected a key of the stage’s region, ${region}`;
    context.addIssue({ code: 'custom', path: ['encryptionKeyArn'], message });
  })
  .superRefine(({ region, vpc }, context) => {
    if (region === undefined || (vpc?.availabilityZones ?? []).every(zone => zone.slice(0, -1) === region))
      return;
    const message = `expected zones of the stage’s region, ${region}`;
    context.addIssue({ code: 'custom', path: ['vpc', 'availabilityZones'], message });
  })
  .transform(({ productName, vendorName, ocsfVersion, actionsFile, ...rest }) => {
    const { path, rules } = actionsFile;
    const product = { name: productName, vendor: vendorName };
    const mapping = mappingId({ version: ocsfVersion, product, actions: rules });
    return { ...rest, actionsFile: path, ocsf: { version: ocsfVersion, product, mapping } };
  })
  .transform(({ secretPrefix, terminationProtection, auditLog, ...rest }) => ({
    ...rest,
    terminationProtection: terminationProtection ?? rest.stage !== 'dev',
    secretPrefix: secretPrefix ?? `siem-export/${rest.stage}/`,
    auditLog: auditLog?.ofOwnTable ? undefined : auditLog,
    requiredFields: auditLog?.required ?? [],
  }));

/** The names of all settings. A setting inside an object has the object's name and a dot before its own. */
export const settingNames: readonly string[] = [
  ...Object.keys(settings.shape).filter(name => name !== 'vpc' && name !== 'auditLog'),
  ...Object.keys(vpcSettings.shape).map(name => `vpc.${name}`),
  ...Object.keys(auditLogSettings.shape).map(name => `auditLog.${name}`),
];

/** The region in an ARN. */
export function regionOfArn(arn: string): string | undefined {
  return arn.split(':')[3];
}
