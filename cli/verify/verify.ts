import type { Command } from 'commander';
import { createCursorReader } from '../../lambdas/aws/cursor-reader.ts';
import type { Account } from '../../lambdas/domain/account.ts';
import { displayName } from '../../local/display.ts';
import type { AccountRecord } from '../account/record-store.ts';
import { standingOf } from '../account/standing.ts';
import { existingRecord, openStores } from '../account/stores.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import type { Target } from '../target/target.ts';
import type { Style, Terminal } from '../terminal.ts';
import { counted } from '../wording.ts';
import { accountSteps } from './account-steps.ts';
import { hasAnyRow } from './any-row.ts';
import { createProbe } from './probe.ts';
import type { Step } from './steps.ts';
import { verifyAccount } from './verify-account.ts';

export function registerVerify(program: Command, run: Run): void {
  program
    .command('verify')
    .description(
      'write a small object by an account’s real way, with its real credential, and check each step',
    )
    .argument('<account>', 'the account’s id')
    .addHelpText(
      'after',
      `
Exit code 1 if a step is wrong; each wrong step comes with what to do. Tells as well of what keeps files from coming
although they can be written: a last export that failed otherwise, a pause, an add-on that has expired, an audit log
without a row of the account.`,
    )
    .action(run(verify));
}

async function verify(context: CommandContext, accountId: string): Promise<Report> {
  const { terminal, json } = context;
  const target = await context.target();
  const record = await existingRecord(openStores(target), accountId);
  const tell = (step: Step) => {
    if (!json) for (const line of describeStep(step, terminal)) terminal.say(line);
  };
  const { way, around } = await verifyOne(target, record, tell);
  const steps = [...way, ...around];
  const wrong = steps.some(({ outcome }) => outcome === 'wrong');
  return {
    problem: wrong,
    json: { accountId, verified: !wrong, steps },
    lines: () => [conclusion(displayName(accountId), way, around)],
  };
}

interface Verified {
  /** The way of an export to the bucket. */
  readonly way: readonly Step[];
  /** What else keeps files from coming. */
  readonly around: readonly Step[];
}

async function verifyOne(
  target: Target,
  record: AccountRecord,
  tell: (step: Step) => void,
): Promise<Verified> {
  const way: Step[] = [];
  const probeOf = (account: Account) => createProbe(target, account);
  for await (const step of verifyAccount({ record, now: Date.now(), target, probeOf })) {
    way.push(step);
    tell(step);
  }
  const around = await stepsAround(target, record);
  for (const step of around) tell(step);
  return { way, around };
}

async function stepsAround(target: Target, record: AccountRecord): Promise<Step[]> {
  const { dynamodb, outputs, command } = target;
  const accountId = String(record.accountId);
  const reader = createCursorReader({ client: dynamodb, tableName: outputs.ExportLedgerTableName });
  const cursor = (await reader.cursors([accountId])).get(accountId);
  const standing = standingOf(record, cursor, await target.now(), 0);
  if (standing.account === undefined) return [];
  const hasRows = await hasAnyRow(target, accountId);
  return accountSteps({ standing, hasRows, command, exporterRoleArn: outputs.ExporterRoleArn });
}

function conclusion(account: string, way: readonly Step[], around: readonly Step[]): string {
  if (way.some(({ outcome }) => outcome === 'wrong'))
    return `Exports of ${account} cannot be written as things are.`;
  const failed = around.find(({ outcome }) => outcome === 'wrong');
  if (failed !== undefined)
    return `Exports of ${account} can be written, but the last export failed: ${failed.detail}`;
  const warnings = [...way, ...around].filter(({ outcome }) => outcome === 'warning').length;
  return `Exports of ${account} can be written${warnings > 0 ? `; ${counted(warnings, 'warning')}` : ''}.`;
}

const marks: Readonly<Record<Step['outcome'], readonly [string, Style]>> = {
  right: ['✓', 'green'],
  wrong: ['✗', 'red'],
  warning: ['!', 'yellow'],
  unknown: ['–', 'dim'],
};

export function describeStep({ name, outcome, detail, remedy }: Step, { paint }: Terminal): string[] {
  const [mark, style] = marks[outcome];
  return [
    `${paint(style, mark)} ${outcome === 'unknown' ? paint('dim', name) : name}`,
    ...indented(detail, ''),
    ...indented(remedy, '→ '),
  ];
}

function indented(text: string | undefined, mark: string): string[] {
  const lines = (text ?? '').split('\n').filter(line => line !== '');
  return lines.map(line => `    ${mark}${line}`);
}
