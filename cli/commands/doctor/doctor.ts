import type { Command } from 'commander';
import type { Run } from '../../run.ts';
import type { CommandContext } from '../../stage/context.ts';
import type { Target } from '../../stage/target/target.ts';
import { CancelledError, confirm } from '../../terminal/ask.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Report } from '../../terminal/report.ts';
import type { Style, Terminal } from '../../terminal/terminal.ts';
import { counted } from '../../terminal/wording.ts';
import { checkAttributes } from './attributes.ts';
import { checkAuditLog } from './audit-log.ts';
import type { DeployedServices } from './aws.ts';
import { type Check, well, whatWasSaid } from './check.ts';
import { checkPipeline } from './pipeline.ts';
import { checkTables } from './tables.ts';
import { timeZoneCheck } from './time-zones.ts';

interface DoctorOptions {
  readonly mend?: boolean;
  readonly yes?: boolean;
}

export function registerDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description(
      'check the stack itself: tables, audit rows, time-zone data, queues, functions, rules, ticks, alarms and whom they tell',
    )
    .option('--mend', 'enable what was disabled: rules, the link to the queue, protection of tables')
    .option('--yes', 'do not ask before mending')
    .addHelpText(
      'after',
      '\nEach check stands alone: one that AWS refuses hides none of the others. Exit code 1 if something is ill, or could not be\nlooked at; accounts are for "status" and "verify".',
    )
    .action(run(examine));
}

async function examine(context: CommandContext, { mend, yes }: DoctorOptions): Promise<Report> {
  const { terminal, json } = context;
  const target = await context.target();
  const services = target.local ? undefined : await openServices(context);
  try {
    const checks = await checkAll(target, services);
    const mendable = checks.filter(check => check.mend !== undefined);
    if (!mend || mendable.length === 0) return report(target, checks, []);
    if (!json)
      for (const check of mendable) for (const line of describeCheck(check, terminal)) terminal.say(line);
    await makeSure(context, mendable.length, yes === true);
    const mended = await mendAll(mendable);
    const failed = mended.filter(({ outcome }) => outcome === 'unknown');
    return report(
      target,
      [...(await checkAll(target, services)), ...failed],
      mended.filter(({ outcome }) => outcome === 'well').map(({ name }) => name),
    );
  } finally {
    services?.close();
  }
}

async function openServices({ connection: { region, profile } }: CommandContext): Promise<DeployedServices> {
  const { openDeployedServices } = await import('./aws.ts');
  return openDeployedServices({ region, profile });
}

async function checkAll(target: Target, services: DeployedServices | undefined): Promise<Check[]> {
  const checks = [
    ...(await checkTables(target)),
    await checkAttributes(target),
    ...(await checkAuditLog(target)),
    timeZoneCheck('this machine', process.versions.tz ?? ''),
    ...(await checkPipeline(target)),
  ];
  if (services === undefined) {
    const detail = 'local mode has none in AWS';
    return [...checks, { name: 'functions, rules and alarms', outcome: 'skipped', detail }];
  }
  const { checkDeployment } = await import('./deployment.ts');
  return [...checks, ...(await checkDeployment(target, services))];
}

async function mendAll(checks: readonly Check[]): Promise<Check[]> {
  const mended: Check[] = [];
  for (const { name, mend } of checks)
    try {
      await mend?.();
      mended.push(well(name));
    } catch (thrown) {
      mended.push({
        name: `mending ${name}`,
        outcome: 'unknown',
        detail: `it could not be done: ${whatWasSaid(thrown)}`,
      });
    }
  return mended;
}

async function makeSure({ terminal, json }: CommandContext, things: number, yes: boolean): Promise<void> {
  if (yes) return;
  if (!terminal.interactive || json)
    throw new CommandError('usage', 'Give --yes to mend: there is nobody to ask');
  if (!(await confirm(terminal, `Mend ${counted(things, 'thing')}?`))) throw new CancelledError();
}

function report({ title }: Target, checks: readonly Check[], mended: readonly string[]): Report {
  const [ailing = 0, unseen = 0] = (['ill', 'unknown'] as const).map(
    wanted => checks.filter(({ outcome }) => outcome === wanted).length,
  );
  return {
    problem: ailing + unseen > 0,
    json: { healthy: ailing + unseen === 0, mended, checks: checks.map(checkJson) },
    lines: terminal => [
      ...mended.map(name => `${terminal.paint('green', '✓')} mended: ${name}`),
      ...checks.flatMap(check => describeCheck(check, terminal)),
      ailing === 0
        ? `${title} is in order${unseen > 0 ? ' as far as it could be looked at' : ''}.`
        : `${counted(ailing, 'thing')} to mend in ${title}.`,
      ...(unseen > 0 ? [`${counted(unseen, 'thing')} could not be looked at.`] : []),
    ],
  };
}

const marks: Readonly<Record<Check['outcome'], readonly [string, Style]>> = {
  well: ['✓', 'green'],
  warning: ['!', 'yellow'],
  ill: ['✗', 'red'],
  skipped: ['–', 'dim'],
  unknown: ['?', 'yellow'],
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

function checkJson({ name, outcome, detail, remedy }: Check) {
  return { name, outcome, detail: detail ?? null, remedy: remedy ?? null };
}
