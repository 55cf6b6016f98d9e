import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { checkActions } from '../../../../../cli/commands/actions/check-actions.ts';
import { answeringTarget, contextOf, linesOf, schemaFaults } from '../../answering-target.ts';

const folder = mkdtempSync(join(tmpdir(), 'siem-export-actions-check-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (content: unknown) => {
  const path = join(folder, 'actions.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const actions = file({
  rules: [
    { exact: 'Signed in', verb: 'login', outcome: 'success' },
    { prefix: 'Viewed ', verb: 'read' },
    { glob: 'Purged *\u202e', verb: 'delete' },
  ],
});

/** Checks against an audit log with these actions, the newest first; a page has at most two. */
async function check(found: readonly unknown[], rows = 1000) {
  const asked: QueryCommand['input'][] = [];
  const target = answeringTarget({
    records: [{ accountId: 'acme' }],
    answer(command) {
      if (!(command instanceof QueryCommand)) throw new Error('only a query is expected');
      asked.push({ ...command.input });
      const from = Number(command.input.ExclusiveStartKey?.recordedAt?.S ?? 0);
      const Items = found
        .slice(from, from + Math.min(command.input.Limit ?? 2, 2))
        .map(action => marshall({ action }, { removeUndefinedValues: true }));
      const next = from + Items.length;
      return { Items, ...(next < found.length && { LastEvaluatedKey: { recordedAt: { S: String(next) } } }) };
    },
  });
  const report = await checkActions(contextOf(target), 'acme', { actions, rows });
  expect(schemaFaults(report, 'actions-check')).toEqual([]);
  return { report, asked };
}

describe('the file alone', () => {
  test('is valid, and no stage is opened', async () => {
    const report = await checkActions(contextOf(), undefined, { actions, rows: 1000 });
    expect(report.problem).toBe(false);
    expect(report.json).toEqual({
      accountId: null,
      rules: 3,
      rows: null,
      withoutAction: null,
      actions: [],
      unusedRules: null,
    });
    expect(schemaFaults(report, 'actions-check')).toEqual([]);
    expect(linesOf(report)).toEqual([`✓ ${actions} is valid: 3 rules.`]);
  });

  test('has all faults told at once, for people and programs', async () => {
    const faulty = join(folder, 'faulty.json');
    writeFileSync(faulty, JSON.stringify({ rules: [{ exact: 'x', verb: 'y' }, { verb: 'read' }] }));
    await expect(checkActions(contextOf(), undefined, { actions: faulty, rows: 1 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/rules\.0\.verb: [\s\S]*rules\.1: /),
      details: {
        faults: [
          { line: null, accountId: null, fault: expect.stringContaining('rules.0.verb') },
          { line: null, accountId: null, fault: expect.stringContaining('rules.1') },
        ],
      },
    });
  });
});

describe('the actions of an audit log', () => {
  test('are shown by their number of rows, those without a rule first, with the rules that match none', async () => {
    const { report } = await check(['Viewed a', 'Signed in', 'Viewed a', 'Moved b', null, undefined]);
    expect(report.problem).toBe(true);
    expect(report.json).toEqual({
      accountId: 'acme',
      rules: 3,
      rows: 6,
      withoutAction: 2,
      actions: [
        { action: 'Moved b', rows: 1, verb: 'other', outcome: 'unknown', rule: null },
        { action: 'Viewed a', rows: 2, verb: 'read', outcome: 'unknown', rule: 1 },
        { action: 'Signed in', rows: 1, verb: 'login', outcome: 'success', rule: 0 },
      ],
      unusedRules: [2],
    });
    expect(linesOf(report)).toEqual([
      `✓ ${actions} is valid: 3 rules.`,
      '',
      'rows  action     verb   outcome  rule',
      '   1  Moved b    other  unknown  none',
      '   2  Viewed a   read   unknown  rules.1',
      '   1  Signed in  login  success  rules.0',
      '',
      '  The newest 6 rows of the audit log; 2 without an action.',
      '  Rules that match none of these actions:',
      String.raw`    rules.2: glob Purged *\u{202e}`,
      '✗ No rule matches 1 action, in 1 row.',
    ]);
  });

  test('are in order if a rule matches each, or if there are none yet', async () => {
    const { report } = await check(['Signed in', 'Viewed a']);
    expect(report.problem).toBe(false);
    expect(linesOf(report).at(-1)).toBe('✓ A rule matches each action.');
    const none = await check([]);
    expect(none.report).toMatchObject({
      problem: false,
      json: { rows: 0, actions: [], unusedRules: [0, 1, 2] },
    });
    expect(linesOf(none.report).at(-1)).toBe('  The account has no audit rows yet.');
  });

  test('are those of the newest rows, page by page, and no other attribute is read', async () => {
    const { report, asked } = await check(Array(7).fill('Signed in'), 5);
    expect(report.json).toMatchObject({ rows: 5, actions: [{ rows: 5 }] });
    expect(asked).toHaveLength(3);
    for (const query of asked)
      expect(query).toMatchObject({
        ScanIndexForward: false,
        ProjectionExpression: '#attribute',
        ExpressionAttributeNames: { '#attribute': 'action' },
      });
  });

  test('are shown printable and cut, whatever they contain', async () => {
    const long = `Signed \u001b[31m${'x'.repeat(400_000)}`;
    const { report } = await check([long, `${long}y`, 7, { a: 1 }, '']);
    expect(report.json).toMatchObject({
      actions: [
        { action: long.slice(0, 200), rows: 2 },
        { action: '7', rows: 1 },
        { action: '{"a":1}', rows: 1 },
        { action: '', rows: 1 },
      ],
    });
    const lines = linesOf(report);
    expect(lines.join('\n')).not.toContain('\u001b');
    for (const line of lines) expect(line.length).toBeLessThan(120);
  });

  test('are not read for an account that is not there', async () => {
    const context = contextOf(answeringTarget({ records: [] }));
    await expect(checkActions(context, 'acme', { actions, rows: 1 })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('There is no account "acme"'),
    });
  });
});
