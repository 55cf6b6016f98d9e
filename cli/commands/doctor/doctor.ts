import type { Command } from 'commander';
import type { Run } from '../../run.ts';
import type { CommandContext } from '../../stage/context.ts';
import type { Target } from '../../stage/target/target.ts';
import { CancelledError, confirm } from '../../terminal/ask.ts';
import { CommandError } from '../../terminal/command-error.ts';
import type { Report } from '../../terminal/report.ts';
import type { Style, Terminal } from '../../terminal/terminal.ts';
import { counted } from '../../terminal/wording.ts';
import { checkRecords } from './account-records.ts';
import { checkAuditLog } from './audit-log.ts';
import type { DeployedServices } from './aws.ts';
import { type Check, ok, whatWasSaid } from './check.ts';
import { checkPipeline } from './pipeline.ts';
import { checkTables } from './tables.ts';
import { timeZoneCheck } from './time-zones.ts';

interface DoctorOptions {
  readonly fix?: boolean;
  readonly yes?: boolean;
}

export function registerDoctor(program: Command, run: Run): void {
  program
    .command('doctor')
    .description(
      'check the stack itself: tables, audit rows, time-zone data, queues, functions, rules, ticks, alarms and their subscriptions',
    )
    .option('--fix', 'enable what was disabled: rules, the event source mapping, protection of tables')
    .option('--yes', 'do not ask before fixing')
    .addHelpText(
      'after',
      '\nIf AWS refuses one check, the others still run. Exit code 1 if a check fails or cannot run. For accounts, use "status" and\n"verify".',
    )
    .action(run(examine));
}

async function examine(context: CommandContext, { fix, yes }: DoctorOptions): Promise<Report> {
  const { terminal, json } = context;
  const target = await context.target();
  const services = target.local ? undefined : await openServices(context);
  try {
    const checks = await checkAll(target, services);
    const fixable = checks.filter(check => check.fix !== undefined);
    if (!fix || fixable.length === 0) return report(target, checks, []);
    if (!json)
      for (const check of fixable) for (const line of describeCheck(check, terminal)) terminal.say(line);
    await confirmFixes(context, fixable.length, yes === true);
    const fixed = await fixAll(fixable);
    const failed = fixed.filter(({ outcome }) => outcome === 'unknown');
    return report(
      target,
      [...(await checkAll(target, services)), ...failed],
      fixed.filter(({ outcome }) => outcome === 'ok').map(({ name }) => name),
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
    ...(await checkRecords(target)),
    ...(await checkAuditLog(target)),
    timeZoneCheck('this machine', process.versions.tz ?? ''),
    ...(await checkPipeline(target)),
  ];
  if (services === undefined) {
    const detail = 'local mode has none of them';
    return [...checks, { name: 'functions, rules and alarms', outcome: 'skipped', detail }];
  }
  const { checkDeployment } = await import('./deployment.ts');
  return [...checks, ...(await checkDeployment(target, services))];
}

async function fixAll(checks: readonly Check[]): Promise<Check[]> {
  const fixed: Check[] = [];
  for (const { name, fix } of checks)
    try {
      await fix?.();
      fixed.push(ok(name));
    } catch (thrown) {
      fixed.push({
        name: `fixing ${name}`,
        outcome: 'unknown',
        detail: `it failed: ${whatWasSaid(thrown)}`,
      });
    }
  return fixed;
}

async function confirmFixes({ terminal, json }: CommandContext, things: number, yes: boolean): Promise<void> {
  if (yes) return;
  if (!terminal.interactive || json)
    throw new CommandError('usage', 'Give --yes to fix: there is no terminal to ask on');
  if (!(await confirm(terminal, `Fix ${counted(things, 'thing')}?`))) throw new CancelledError();
}

function report({ title }: Target, checks: readonly Check[], fixed: readonly string[]): Report {
  const [failures = 0, unseen = 0] = (['failing', 'unknown'] as const).map(
    wanted => checks.filter(({ outcome }) => outcome === wanted).length,
  );
  return {
    problem: failures + unseen > 0,
    json: { healthy: failures + unseen === 0, fixed, checks: checks.map(checkJson) },
    lines: terminal => [
      ...fixed.map(name => `${terminal.paint('green', '✓')} fixed: ${name}`),
      ...checks.flatMap(check => describeCheck(check, terminal)),
      failures === 0
        ? `${title} is healthy${unseen > 0 ? ', as far as it could be checked' : ''}.`
        : `${counted(failures, 'check')} failed in ${title}.`,
      ...(unseen > 0 ? [`${counted(unseen, 'check')} could not run.`] : []),
    ],
  };
}

const marks: Readonly<Record<Check['outcome'], readonly [string, Style]>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failing: ['✗', 'red'],
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
