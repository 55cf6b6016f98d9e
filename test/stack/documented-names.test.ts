import { describe, expect, test } from 'vitest';
import { delegatedSasCommand } from '../../cli/stage/account/azure-grant.ts';
import { customerGrant } from '../../cli/stage/account/customer-grant.ts';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import { readConfiguration } from '../../lib/config.ts';
import { shellCommands } from '../end-to-end/shell-commands.ts';
import { documentPages, readPage } from './document-pages.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';

/** The stage, region and account in the pages’ examples. */
const [stage, region, account, accountId] = ['prod', 'eu-central-1', '111122223333', 'acme'];
const text = documentPages.map(readPage).join('\n');
const template = synthesize({ stage, region, account, vpcEgressAddresses: 2, recountAfterHours: 24 });
const roleNames = Object.values(resourcesOf<{ RoleName?: string }>(template, 'AWS::IAM::Role')).flatMap(
  ({ RoleName }) => RoleName ?? [],
);

/** All matches on the pages, without punctuation at the end. */
const documented = (pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].map(([found]) => found.replace(/[.,:]$/, ''))),
];
const isNamed = (name: string, names: readonly string[]) =>
  names.some(known => (name.endsWith('*') ? known.startsWith(name.slice(0, -1)) : known === name));

describe('the pages', () => {
  test('name a customer’s secret as it is named', () => {
    const { secretPrefix } = readConfiguration({ stage });
    const secrets = documented(/siem-export\/prod\/[\w*-]+/g);
    expect(secrets).toContain(`${secretPrefix}${encodeAccountId(accountId)}`);
    expect(secrets.filter(name => name !== `${secretPrefix}${encodeAccountId(accountId)}`)).toEqual([
      `${secretPrefix}*`,
    ]);
  });

  test('name resources as the stack does', () => {
    const resources = JSON.stringify(template.toJSON());
    const named = documented(/siem-export-prod-[a-z-]+[a-z0-9]/g).filter(
      name => !resources.includes(`"${name}"`) && !resources.includes(`:${name}"`),
    );
    // Prefixes that a pattern or loop completes.
    const begun = ['siem-export-prod-exporter', 'siem-export-prod-tick-at'];
    expect(named.filter(name => !begun.includes(name))).toEqual([]);
  });

  test('name roles as the stack does', () => {
    const roles = documented(/(?<=role\/|--role-name )siem-export-prod[\w*-]+/g).filter(
      // The name of the operators’ role is up to the vendor.
      name => !name.endsWith('-operators'),
    );
    expect(roles.length).toBeGreaterThan(1);
    for (const name of roles) expect(isNamed(name, roleNames), name).toBe(true);
  });

  test('name outputs that the stack has', () => {
    const outputs = Object.keys(template.findOutputs('*'));
    const named = documented(/(?<=<)[A-Z][A-Za-z]+(?=>)|(?<=outputs? `)\w+/g);
    expect(named.length).toBeGreaterThan(4);
    for (const name of named) expect(outputs, name).toContain(name);
  });
});

describe('the customers’ pages show what the command line prints:', () => {
  const printed = (text: string) => text.split('\n').map(line => line.replace(/^[a-z ]+: /, ''));
  const exporterRoleArn = `arn:aws:iam::${account}:role/siem-export-prod-exporter-${region}`;

  test('the policies of Amazon S3', () => {
    const kmsKeyId = `arn:aws:kms:${region}:444455556666:key/1111`;
    const roleArn = 'arn:aws:iam::444455556666:role/siem-export';
    const destination = {
      type: 's3',
      bucket: 'acme-audit',
      region,
      roleArn,
      externalId: 'acme-7f3c',
    } as const;
    const shown = [...readPage('docs/customer/amazon-s3.md').matchAll(/```json\n([\s\S]*?)```/g)].map(
      ([, json = '']) => JSON.stringify(JSON.parse(json)),
    );
    for (const policy of printed(customerGrant(destination, { exporterRoleArn })))
      expect(shown).toContain(policy.replaceAll(exporterRoleArn, '<ExporterRoleArn>'));
    const [, withKey = ''] = printed(customerGrant({ ...destination, kmsKeyId }, { exporterRoleArn }));
    const [, statement] = JSON.parse(withKey).Statement;
    expect(shown).toContain(JSON.stringify(statement).replace('key/1111', 'key/<id of the key>'));
  });

  test('the grant of Google Cloud', () => {
    const clientEmail = 'siem-export@globex-security.iam.gserviceaccount.com';
    const credential = { type: 'gcs', clientEmail, privateKey: '' } as const;
    const grant = customerGrant({ type: 'gcs', bucket: 'globex-siem' }, { credential });
    expect(shellCommands(readPage('docs/customer/google-cloud-storage.md'))).toContain(grant);
  });

  test('the SAS of Azure', () => {
    const destination = { type: 'azure', storageAccount: 'initech', container: 'initech-logs' } as const;
    const commands = shellCommands(readPage('docs/customer/azure-blob-storage.md'));
    expect(commands).toContain(customerGrant(destination, {}));
    expect(commands).toContain(delegatedSasCommand(destination));
  });
});

describe('the exporter’s role', () => {
  const [[, role] = []] = Object.entries(template.findResources('AWS::IAM::Role')).filter(
    ([, { Properties }]) => String(Properties.RoleName).includes('-exporter-'),
  );

  test('has a name with its region, which fits for every stage and region', () => {
    expect(role?.Properties.RoleName).toBe('siem-export-prod-exporter-eu-central-1');
    const longest = `siem-export-${'s'.repeat(20)}-dispatcher-ap-southeast-2`;
    expect(longest.length).toBeLessThanOrEqual(64);
    expect(JSON.stringify(synthesize({ stage }).findResources('AWS::IAM::Role'))).toContain(
      JSON.stringify(['siem-export-prod-exporter-', { Ref: 'AWS::Region' }]),
    );
  });

  test('stays when the stack goes, so that customers’ trust does, but not from a deployment that failed', () => {
    expect(role).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });

  test('is the only one that stays', () => {
    const kept = Object.values(template.findResources('AWS::IAM::Role')).filter(
      ({ DeletionPolicy }) => DeletionPolicy !== undefined && DeletionPolicy !== 'Delete',
    );
    expect(kept).toHaveLength(1);
  });
});
