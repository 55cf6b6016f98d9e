import type { Command } from 'commander';
import { existingRecord, openStores } from '../account/stores.ts';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import type { Style, Terminal } from '../terminal.ts';
import { counted } from '../wording.ts';
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
    .addHelpText('after', '\nExit code 1 if a step is wrong; each wrong step comes with what to do.')
    .action(run(verify));
}

async function verify(context: CommandContext, accountId: string): Promise<Report> {
  const { terminal, json } = context;
  const target = await context.target();
  const record = await existingRecord(openStores(target), accountId);
  const steps: Step[] = [];
  for await (const step of verifyAccount({
    record,
    now: Date.now(),
    target,
    probeOf: account => createProbe(target, account),
  })) {
    steps.push(step);
    if (!json) for (const line of describeStep(step, terminal)) terminal.say(line);
  }
  const wrong = steps.filter(({ outcome }) => outcome === 'wrong').length;
  const warnings = steps.filter(({ outcome }) => outcome === 'warning').length;
  return {
    problem: wrong > 0,
    json: { accountId, verified: wrong === 0, steps },
    lines: () => [
      wrong === 0
        ? `Exports of ${accountId} can be written${warnings > 0 ? `; ${counted(warnings, 'warning')}` : ''}.`
        : `Exports of ${accountId} cannot be written as things are.`,
    ],
  };
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
