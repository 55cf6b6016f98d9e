import { describe, expect, test } from 'vitest';
import { operatorSession } from '../../lib/operator-session.ts';
import { synthesize } from './synthesis.ts';
import { allowedOn, resourcesOf, statementsOf } from './template-reading.ts';

const template = synthesize();
const operator = 'arn:aws:iam::111122223333:role/operators';
const operated = synthesize({ 'siem-export': { stage: 'dev', operators: [operator] } });
const recounting = synthesize({ recountAfterHours: 24 });
const functions = ['dispatcher', 'exporter', 'watchdog'];

function actionsOf(functionName: string): string[] {
  return statementsOf(template, functionName)
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ actions }) => actions);
}

describe('nobody', () => {
  test.each(functions)('the %s never writes the accounts', name => {
    const allowed = allowedOn(template, name, '"AccountsTable"');
    const reading = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan'];
    expect(allowed.filter(action => !reading.includes(action))).toEqual([]);
  });

  test.each(functions)('the %s has no action with a wildcard, and no resource that is everything', name => {
    expect(actionsOf(name).filter(action => action.includes('*'))).toEqual([]);
    expect(statementsOf(template, name).flatMap(({ resources }) => resources)).not.toContain('"*"');
  });

  test.each(functions)('the %s cannot delete an item or a table', name => {
    expect(actionsOf(name).filter(action => /dynamodb:.*(Delete|BatchWrite|PartiQL)/.test(action))).toEqual(
      [],
    );
  });

  test('no role has a managed policy', () => {
    for (const role of Object.values(resourcesOf<Record<string, unknown>>(template, 'AWS::IAM::Role')))
      expect(role).not.toHaveProperty('ManagedPolicyArns');
  });

  test.each(functions)('the %s uses the key through services only', name => {
    const statements = statementsOf(template, name).filter(({ actions }) => actions.includes('kms:Decrypt'));
    expect(statements).not.toEqual([]);
    for (const { conditions } of statements)
      expect(conditions).toEqual({ StringEquals: { 'kms:ViaService': expect.anything() } });
  });
});

describe('the dispatcher', () => {
  test('reads nothing of the accounts but the index of time zones', () => {
    expect(allowedOn(template, 'dispatcher', '"AccountsTable"')).toEqual(['dynamodb:Query']);
    expect(allowedOn(template, 'dispatcher', '/index/timeZone-index')).toEqual(['dynamodb:Query']);
  });

  test('keeps its own state', () => {
    expect(allowedOn(template, 'dispatcher', '"DispatchStateTable"')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
    ]);
  });

  test('sends to the export queue and cannot receive from it', () => {
    expect(allowedOn(template, 'dispatcher', 'ExportsQueue')).toEqual(['sqs:SendMessage']);
  });

  test('reaches neither audit log nor ledger nor secrets nor roles', () => {
    expect(allowedOn(template, 'dispatcher', 'AuditLogsTable')).toEqual([]);
    expect(allowedOn(template, 'dispatcher', 'ExportLedgerTable')).toEqual([]);
    expect(actionsOf('dispatcher').filter(action => /^(secretsmanager|sts|events):/.test(action))).toEqual(
      [],
    );
  });
});

describe('the exporter', () => {
  test('reads one account at a time', () => {
    expect(allowedOn(template, 'exporter', 'AccountsTable')).toEqual(['dynamodb:BatchGetItem']);
  });

  test('reads the audit log by query only', () => {
    expect(allowedOn(template, 'exporter', 'AuditLogsTable')).toEqual(['dynamodb:Query']);
  });

  test('writes the ledger and never deletes from it', () => {
    expect(allowedOn(template, 'exporter', 'ExportLedgerTable')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]);
  });

  test('of what dispatcher and watchdog remember touches the silences only', () => {
    expect(allowedOn(template, 'exporter', '"DispatchStateTable"')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:UpdateItem',
    ]);
    const touching = statementsOf(template, 'exporter').filter(({ resources }) =>
      resources.some(resource => resource.includes('"DispatchStateTable"')),
    );
    expect(touching.map(({ conditions }) => conditions)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['silences'] } },
    ]);
  });

  test('reads the ledger’s rows only where windows are counted again', () => {
    expect(allowedOn(template, 'exporter', 'ExportLedgerTable')).not.toContain('dynamodb:Query');
    expect(allowedOn(recounting, 'exporter', 'ExportLedgerTable')).toContain('dynamodb:Query');
  });

  test('reads secrets under the prefix of its stage only', () => {
    expect(allowedOn(template, 'exporter', ':secret:siem-export/dev/*')).toEqual([
      'secretsmanager:GetSecretValue',
    ]);
    expect(actionsOf('exporter').filter(action => action.startsWith('secretsmanager:'))).toHaveLength(1);
  });

  test('assumes roles of other AWS accounts, none of its own', () => {
    const assume = statementsOf(template, 'exporter').filter(({ actions }) =>
      actions.includes('sts:AssumeRole'),
    );
    expect(assume.map(({ effect }) => effect).sort()).toEqual(['Allow', 'Deny']);
    expect(assume.find(({ effect }) => effect === 'Deny')?.resources[0]).toContain('AWS::AccountId');
  });

  test('assumes only the roles that the configuration names, if it names some', () => {
    const role = 'arn:aws:iam::111122223333:role/siem';
    const narrow = synthesize({ 'siem-export': { stage: 'dev', assumableRoles: [role] } });
    const assume = statementsOf(narrow, 'exporter').filter(({ actions }) =>
      actions.includes('sts:AssumeRole'),
    );
    expect(assume).toHaveLength(1);
    expect(assume[0]).toMatchObject({ effect: 'Allow', resources: [JSON.stringify(role)] });
  });

  test('is trusted to Lambda, and to the operators that the configuration names, under one name', () => {
    const trustOf = (stack: typeof template) =>
      Object.entries(
        resourcesOf<{ AssumeRolePolicyDocument: { Statement: { Principal: object; Condition?: object }[] } }>(
          stack,
          'AWS::IAM::Role',
        ),
      ).flatMap(([id, { AssumeRolePolicyDocument }]) =>
        id.startsWith('ExportExporterRole')
          ? AssumeRolePolicyDocument.Statement.map(({ Principal, Condition }) => ({ Principal, Condition }))
          : [],
      );
    const toLambda = { Principal: { Service: 'lambda.amazonaws.com' }, Condition: undefined };
    expect(trustOf(template)).toEqual([toLambda]);
    expect(trustOf(operated)).toEqual([
      toLambda,
      {
        Principal: { AWS: operator },
        Condition: { StringEquals: { 'sts:RoleSessionName': operatorSession } },
      },
    ]);
  });

  test('lets an operator assume customers’ roles and denies everything else', () => {
    const denials = statementsOf(operated, 'exporter').filter(({ notActions }) => notActions.length > 0);
    expect(denials).toEqual([
      {
        effect: 'Deny',
        actions: [],
        notActions: ['sts:AssumeRole'],
        resources: ['"*"'],
        conditions: { StringLike: { 'aws:userid': `*:${operatorSession}` } },
      },
    ]);
    expect(statementsOf(template, 'exporter').flatMap(({ notActions }) => notActions)).toEqual([]);
  });

  test('publishes to the stage’s own event bus only', () => {
    const publish = statementsOf(template, 'exporter').filter(({ actions }) =>
      actions.includes('events:PutEvents'),
    );
    expect(publish.flatMap(({ resources }) => resources)).toEqual([expect.stringContaining('Events')]);
  });
});

describe('the watchdog', () => {
  test('reads accounts and ledger, and of audit rows the keys alone', () => {
    expect(allowedOn(template, 'watchdog', 'AccountsTable')).toEqual(['dynamodb:Scan']);
    expect(allowedOn(template, 'watchdog', 'ExportLedgerTable')).toEqual(['dynamodb:BatchGetItem']);
    const auditLog = statementsOf(template, 'watchdog').filter(({ resources }) =>
      resources.some(resource => resource.includes('AuditLogsTable')),
    );
    expect(auditLog.map(({ actions, conditions }) => ({ actions, conditions }))).toEqual([
      {
        actions: ['dynamodb:Query'],
        conditions: {
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['accountId', 'recordedAt'] },
          StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
        },
      },
    ]);
    expect(allowedOn(template, 'watchdog', 'ExportsQueue')).toEqual([]);
    expect(actionsOf('watchdog').filter(action => /^(secretsmanager|sts|events):/.test(action))).toEqual([]);
  });

  test('remembers whom it saw waiting, under keys of its own', () => {
    expect(allowedOn(template, 'watchdog', '"DispatchStateTable"')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:UpdateItem',
    ]);
    const remembering = statementsOf(template, 'watchdog').filter(({ resources }) =>
      resources.some(resource => resource.includes('"DispatchStateTable"')),
    );
    expect(remembering.map(({ conditions }) => conditions)).toEqual([
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['watchdog#*'] } },
    ]);
  });
});
