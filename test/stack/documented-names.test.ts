import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trust } from '../../cli/stage/account/s3-grant.ts';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import { readConfiguration } from '../../lib/config.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';

/** The stage, place and account of which the pages tell. */
const [stage, region, account, accountId] = ['prod', 'eu-central-1', '111122223333', 'acme'];
const projectFolder = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');
const pages = [
  'README.md',
  ...readdirSync(join(projectFolder, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => join('docs', name)),
];
const text = pages.map(read).join('\n');
const template = synthesize({ stage, region, account, vpcEgressAddresses: 2, recountAfterHours: 24 });
const roleNames = Object.values(resourcesOf<{ RoleName?: string }>(template, 'AWS::IAM::Role')).flatMap(
  ({ RoleName }) => RoleName ?? [],
);

/** Everything on the pages that matches, without what ends a sentence. */
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
    // The beginning of names that a pattern or a loop completes.
    const begun = ['siem-export-prod-exporter', 'siem-export-prod-tick-at'];
    expect(named.filter(name => !begun.includes(name))).toEqual([]);
  });

  test('name roles as the stack does', () => {
    const roles = documented(/(?<=role\/|--role-name )siem-export-prod[\w*-]+/g).filter(
      // The operators’ own role is theirs to name.
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

  test('show the trust policy that customers are given', () => {
    const roleArn = 'arn:aws:iam::444455556666:role/siem-export';
    const destination = {
      type: 's3',
      bucket: 'acme-audit',
      region,
      roleArn,
      externalId: 'acme-7f3c',
    } as const;
    const given = trust(destination, `arn:aws:iam::${account}:role/siem-export-prod-exporter-${region}`)
      .replace('trust policy: ', '')
      .replace(/arn:[^"]*exporter[^"]*/, '<ExporterRoleArn>');
    const shown = [...read('README.md').matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) =>
      JSON.stringify(JSON.parse(json)),
    );
    expect(shown).toContain(given);
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
