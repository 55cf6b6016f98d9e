import type { Rule } from '../../../lambdas/domain/actions.ts';
import { existingRecord, openStores } from '../../stage/account/stores.ts';
import { newestActions } from '../../stage/audit-log/sampled-rows.ts';
import type { CommandContext } from '../../stage/context.ts';
import { type ActionsOptions, type LocalActions, readActions } from '../../stage/local-actions.ts';
import { displayName } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import { type Column, table } from '../../terminal/table.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { count, counted } from '../../terminal/wording.ts';
import { createTally, type TalliedAction, type Tally } from './tally.ts';

export interface CheckOptions extends ActionsOptions {
  /** How many of the newest rows are read. */
  readonly rows: number;
}

/** Checks a file of actions; with an account, also against the newest rows of its audit log. */
export async function checkActions(
  context: CommandContext,
  accountId: string | undefined,
  options: CheckOptions,
): Promise<Report> {
  const actions = readActions(options);
  const tally = accountId === undefined ? undefined : await tallyRows(context, accountId, actions, options);
  const unmatched = tally?.actions.filter(({ rule }) => rule === undefined) ?? [];
  return {
    problem: unmatched.length > 0,
    json: {
      accountId: accountId ?? null,
      rules: actions.rules.length,
      rows: tally?.rows ?? null,
      withoutAction: tally?.withoutAction ?? null,
      actions: (tally?.actions ?? []).map(({ action, rows, verb, outcome, rule }) => ({
        action,
        rows,
        verb,
        outcome,
        rule: rule ?? null,
      })),
      unusedRules: tally?.unused ?? null,
    },
    lines: terminal => [
      `${terminal.paint('green', '✓')} ${actions.path} is valid: ${counted(actions.rules.length, 'rule')}.`,
      ...(tally === undefined ? [] : describe(tally, unmatched, actions, terminal)),
    ],
  };
}

async function tallyRows(
  { target: open, terminal }: CommandContext,
  accountId: string,
  { rules }: LocalActions,
  { rows: most }: CheckOptions,
): Promise<Tally> {
  const target = await open();
  await existingRecord(openStores(target), accountId);
  const tally = createTally(rules);
  let read = 0;
  for await (const values of newestActions(target, accountId, most)) {
    for (const value of values) tally.take(value);
    read += values.length;
    terminal.progress(`${count(read)} rows are read`);
  }
  return tally.end();
}

/** In columns. */
const longestShown = 60;

const columns: readonly Column<TalliedAction>[] = [
  { heading: 'rows', align: 'right', text: ({ rows }) => count(rows) },
  { heading: 'action', text: ({ action }) => shown(action) },
  { heading: 'verb', text: ({ verb }) => verb },
  { heading: 'outcome', text: ({ outcome }) => outcome },
  { heading: 'rule', text: ({ rule }) => (rule === undefined ? 'none' : `rules.${rule}`) },
];

function describe(
  { rows, withoutAction, actions, unused }: Tally,
  unmatched: readonly TalliedAction[],
  { rules }: LocalActions,
  terminal: Terminal,
): string[] {
  const { paint } = terminal;
  if (rows === 0) return ['  The account has no audit rows yet.'];
  const unmatchedRows = unmatched.reduce((sum, { rows: each }) => sum + each, 0);
  return [
    ...(actions.length === 0 ? [] : ['', ...table(columns, actions, terminal), '']),
    `  The newest ${counted(rows, 'row')} of the audit log${withoutAction === 0 ? '' : `; ${count(withoutAction)} without an action`}.`,
    ...(unused.length === 0
      ? []
      : [
          '  Rules that match none of these actions:',
          ...unused.map(index => `    ${ruleLine(index, rules[index])}`),
        ]),
    unmatched.length === 0
      ? `${paint('green', '✓')} A rule matches each action.`
      : `${paint('red', '✗')} No rule matches ${counted(unmatched.length, 'action')}, in ${counted(unmatchedRows, 'row')}.`,
  ];
}

function ruleLine(index: number, rule: Rule | undefined): string {
  return rule === undefined ? `rules.${index}` : `rules.${index}: ${rule.kind} ${shown(rule.text)}`;
}

function shown(text: string): string {
  return text === '' ? '""' : displayName(text, longestShown);
}
