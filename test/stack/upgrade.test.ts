import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesize } from './synthesis.ts';

/** The resources of the last release that an upgrade must keep; CONTRIBUTING.md says when to change the file. */
interface Release {
  readonly version: string;
  readonly tables: Readonly<Record<string, ReleasedTable>>;
  /** Other resources with irreplaceable content, and the property whose change makes CloudFormation replace them. */
  readonly kept: Readonly<
    Record<string, { Type: string; name?: readonly [string, string]; DeletionPolicy?: string }>
  >;
  readonly outputs: readonly string[];
}

interface ReleasedTable {
  readonly TableName: string;
  readonly KeySchema: readonly Key[];
  /** The type of each key attribute of the table or an index. */
  readonly attributeTypes: Readonly<Record<string, string>>;
  readonly indexes: Readonly<Record<string, readonly Key[]>>;
}

interface Key {
  readonly AttributeName: string;
  readonly KeyType: string;
}

interface TableResource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Properties: {
    readonly TableName: string;
    readonly KeySchema: readonly Key[];
    readonly AttributeDefinitions: readonly { AttributeName: string; AttributeType: string }[];
    readonly GlobalSecondaryIndexes?: readonly { IndexName: string; KeySchema: readonly Key[] }[];
    readonly DeletionProtectionEnabled?: boolean;
  };
}

const release = JSON.parse(readFileSync(join(import.meta.dirname, 'last-release.json'), 'utf8')) as Release;

const stage = 'prod';
const region = 'eu-west-1';
const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000';
const everywhere: readonly [string, Template][] = [
  ['the plain stage', synthesize({ stage, region })],
  ['a stage with a network', synthesize({ stage, region, vpcEgressAddresses: 2 })],
  ['a stage with a key of one’s own', synthesize({ stage, region, encryptionKeyArn: keyArn })],
];

describe.each(everywhere)('an upgrade of %s from the last release', (_, template) => {
  const resources = template.toJSON().Resources as Record<string, TableResource>;

  test.each(Object.entries(release.tables))('keeps the table %s in its place', (logicalId, released) => {
    const table = resources[logicalId];
    expect(table?.Type).toBe('AWS::DynamoDB::Table');
    expect(table?.Properties.TableName).toBe(named(released.TableName));
    expect(table?.Properties.KeySchema).toEqual(released.KeySchema);
    const types = Object.fromEntries(
      (table?.Properties.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => [
        AttributeName,
        AttributeType,
      ]),
    );
    expect(types).toMatchObject(released.attributeTypes);
    for (const [index, keys] of Object.entries(released.indexes)) {
      const present = table?.Properties.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === index);
      expect(present?.KeySchema).toEqual(keys);
    }
  });

  test.each(Object.keys(release.tables))('would keep the data of %s whatever happened to it', logicalId => {
    expect(resources[logicalId]).toMatchObject({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });
});

describe('an upgrade from the last release', () => {
  const template = synthesize({ stage, region });
  const resources = template.toJSON().Resources as Record<
    string,
    { Type: string; DeletionPolicy?: string; Properties: Record<string, unknown> }
  >;

  test.each(Object.entries(release.kept))('keeps %s in its place', (logicalId, released) => {
    const resource = resources[logicalId];
    expect(resource?.Type).toBe(released.Type);
    expect(resource?.DeletionPolicy).toBe(released.DeletionPolicy);
    if (released.name === undefined) return;
    const [property, name] = released.name;
    expect(resource?.Properties[property]).toBe(named(name));
  });

  test('keeps the outputs, by which operators’ tools find the stack', () => {
    expect(Object.keys(template.findOutputs('*'))).toEqual(expect.arrayContaining([...release.outputs]));
  });

  test('brings no table that the file does not know, once it is a release', () => {
    expect(Object.keys(template.findResources('AWS::DynamoDB::Table')).sort()).toEqual(
      Object.keys(release.tables).sort(),
    );
  });
});

function named(pattern: string): string {
  return pattern.replace('<stage>', stage).replace('<region>', region);
}
