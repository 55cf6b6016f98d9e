import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import type { Report } from '../report.ts';
import type { Run } from '../run.ts';
import type { Style, Terminal } from '../terminal.ts';
import { counted } from '../wording.ts';
import type { Check } from './check.ts';
import { checkPipeline } from './pipeline.ts';
import { checkTables } from './tables.ts';

export function registerDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('check the stack itself: tables, queues, functions, rules, ticks, alarms')
    .addHelpText('after', '\nExit code 1 if something is ill; accounts are for "status" and "verify".')
    .action(run(examine));
}

async function examine(context: CommandContext): Promise<Report> {
  const target = await context.target();
  const checks: Check[] = [...(await checkTables(target)), ...(await checkPipeline(target))];
  if (target.local)
    checks.push({
      name: 'functions, rules and alarms',
      outcome: 'skipped',
      detail: 'local mode has none in AWS',
    });
  else {
    const { checkDeployment } = await import('./deployment.ts');
    checks.push(...(await checkDeployment(target.outputs.Stage, context.connection)));
  }
  const ailing = checks.filter(({ outcome }) => outcome === 'ill').length;
  return {
    problem: ailing > 0,
    json: { healthy: ailing === 0, checks },
    lines: terminal => [
      ...checks.flatMap(check => describeCheck(check, terminal)),
      ailing === 0
        ? `${target.title} is in order.`
        : `${counted(ailing, 'thing')} to mend in ${target.title}.`,
    ],
  };
}

const marks: Readonly<Record<Check['outcome'], readonly [string, Style]>> = {
  well: ['✓', 'green'],
  ill: ['✗', 'red'],
  skipped: ['–', 'dim'],
};

function describeCheck({ name, outcome, detail, remedy }: Check, { paint }: Terminal): string[] {
  const [mark, style] = marks[outcome];
  const lines = (text: string | undefined) => (text ?? '').split('\n').filter(line => line !== '');
  const [first, ...more] = lines(detail);
  return [
    `${paint(style, mark)} ${name}${first === undefined ? '' : `: ${first}`}`,
    ...more.map(line => `    ${line}`),
    ...lines(remedy).map(line => `    → ${line}`),
  ];
}
