import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventSource } from '../../lambdas/aws/event-bus.ts';

const projectFolder = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');

const commandFiles = readdirSync(join(projectFolder, 'cli'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join('cli', name));

/** Code that the commands share with the functions also runs with the operator’s permissions. */
const sharedFiles = new Set(
  commandFiles.flatMap(file =>
    [...read(file).matchAll(/'([./]+\/lambdas\/aws\/[\w-]+\.ts)'/g)].map(([, path = '']) =>
      relative(projectFolder, join(projectFolder, dirname(file), path)),
    ),
  ),
);

/** The ledger’s writer and the audit log’s reader are in files of which the commands use other parts. */
const requests = new Set(
  [...commandFiles, ...sharedFiles].flatMap(file =>
    [...read(file).matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(
      // The permission to send one message also covers batches; there is no separate one.
      ([, command, paginated]) => (command ?? paginated ?? '').replace(/^SendMessageBatch$/, 'SendMessage'),
    ),
  ),
);

const [policy = ''] =
  read('docs/operator/access.md').split('## The policy')[1]?.split('```')[1]?.split('json\n').slice(1) ?? [];
const statements = (
  JSON.parse(policy) as {
    Statement: { Sid: string; Action: string | string[]; Resource: string | string[]; Condition?: object }[];
  }
).Statement.map(({ Sid, Action, Resource, Condition }) => ({
  sid: Sid,
  actions: [Action].flat(),
  resources: [Resource].flat(),
  condition: Condition,
}));

const writing = /:(Put|Update|Delete|Create|Enable|Send|Restore|Change|Batch(?!Get))/;

describe('the operators’ policy', () => {
  test('allows every request that the command line sends, and no other', () => {
    const allowed = statements
      .filter(({ sid }) => sid !== 'TheStacksKey')
      .flatMap(({ actions }) => actions.map(action => action.split(':')[1]));
    // AWS answers GetCallerIdentity without any permission.
    const free = ['', 'GetCallerIdentity'];
    expect([...requests].filter(name => !free.includes(name)).sort()).toEqual([...new Set(allowed)].sort());
  });

  test('lets nobody write what proves the deliveries', () => {
    const rowsOf = statements.filter(({ actions }) => actions.includes('dynamodb:PutItem'));
    expect(rowsOf.map(({ resources }) => resources)).toEqual([
      ['arn:aws:dynamodb:eu-central-1:111122223333:table/siem-export-prod-accounts'],
    ]);
    const [proof] = statements.filter(({ sid }) => sid === 'LedgerAndAuditLog');
    expect(proof?.resources.length).toBeGreaterThan(0);
    expect(proof?.actions.filter(action => writing.test(action))).toEqual([]);
  });

  test('lets nobody send the events of an export, which only the exporter sends', () => {
    const sending = statements.filter(({ actions }) => actions.includes('events:PutEvents'));
    expect(sending).toEqual([
      {
        sid: 'ChangesOfAccounts',
        actions: ['events:PutEvents'],
        resources: ['arn:aws:events:eu-central-1:111122223333:event-bus/siem-export-prod'],
        // The source is a key of many values, for which IAM wants it said how many of them count.
        condition: {
          'ForAllValues:StringEquals': { 'events:source': eventSource },
          StringEquals: { 'events:detail-type': 'Account Changed' },
        },
      },
    ]);
  });

  test('changes nothing outside the stage', () => {
    const everywhere = statements.filter(
      ({ resources, condition }) => resources.includes('*') && condition === undefined,
    );
    expect(everywhere.length).toBeGreaterThan(0);
    expect(everywhere.flatMap(({ actions }) => actions).filter(action => writing.test(action))).toEqual([]);
  });
});
