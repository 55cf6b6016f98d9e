import { type Command, Option } from 'commander';
import type { Run } from '../../run.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { recordsIn } from '../../stage/account/fleet.ts';
import { recordsOf } from '../../stage/account/named-accounts.ts';
import { type State, states } from '../../stage/account/standing.ts';
import { openStores } from '../../stage/account/stores.ts';
import type { Step } from '../../stage/bucket/steps.ts';
import type { CommandContext } from '../../stage/context.ts';
import type { Target } from '../../stage/target/target.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { displayName } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import { counted } from '../../terminal/wording.ts';
import { lastExportStep } from './account-steps.ts';
import { describeStep } from './describe-step.ts';
import { verifyMany } from './verify-many.ts';
import { isRight, type Verified, verifiedJson, verifyOne } from './verify-one.ts';

interface VerifyOptions {
  readonly all?: boolean;
  readonly state?: readonly State[];
}

export function registerVerify(program: Command, run: Run): void {
  program
    .command('verify')
    .description(
      'upload a test object exactly as an export would, with the account’s credential, and check each step',
    )
    .argument('[account...]', 'the account’s id; for several, prints a line for each')
    .addOption(new Option('--all', 'every account').conflicts('state'))
    .addOption(new Option('--state <state...>', 'every account in these states').choices(states))
    .addHelpText(
      'after',
      `
Exit code 1 if a step is wrong; every wrong step is printed with a remedy. It also reports why no files arrive although they
can be written: the last export failed for another reason, the account is paused, its add-on has expired, or the audit log
has no rows of the account or rows that do not match the configuration of the stage. For a single account, it shows the
newest row as it is delivered, which is customer data.

One test object stays in the bucket for each destination and credential, however often you verify, because only the customer
may delete it. While it exists, verify starts a large upload under a new name and stops before the request that would create
the object: this checks every permission that an export needs, but not the creation itself.

To find keys and SAS that expire soon before exports fail, run once a week:
  siem-export verify --all --stage prod`,
    )
    .action(run(verify));
}

async function verify(
  context: CommandContext,
  accountIds: readonly string[],
  options: VerifyOptions,
): Promise<Report> {
  const fleet = options.all === true || options.state !== undefined;
  if (fleet === accountIds.length > 0)
    throw new CommandError('usage', 'Which account? Give one or several ids, or --all, or --state <state>');
  const target = await context.target();
  const records = fleet
    ? await recordsIn(target, options.state)
    : [...(await recordsOf([...new Set(accountIds)], openStores(target))).values()];
  const [first, ...more] = records;
  if (first !== undefined && more.length === 0 && !fleet) return verifyAlone(context, target, first);
  return verifyMany(context, target, records);
}

async function verifyAlone(
  { terminal, json }: CommandContext,
  target: Target,
  record: AccountRecord,
): Promise<Report> {
  const tell = (step: Step) => {
    if (!json) for (const line of describeStep(step, terminal)) terminal.say(line);
  };
  const verified = await verifyOne(target, record, { tell, alone: true });
  return {
    problem: !isRight(verified),
    json: { verified: isRight(verified), accounts: [verifiedJson(verified)] },
    lines: () => conclusion(verified, target),
  };
}

function conclusion({ accountId, way, around, standing }: Verified, { command }: Target): string[] {
  const account = displayName(accountId);
  if (way.some(({ outcome }) => outcome === 'wrong')) return [`Exports of ${account} cannot be written.`];
  const exportNow = `The windows owed are delivered at its next boundary, or now with: ${accountCommand(`${command} export`, accountId)}`;
  const after = standing.state === 'failing' ? [exportNow] : [];
  const failed = around.find(({ outcome }) => outcome === 'wrong');
  if (failed !== undefined) {
    const but =
      failed.name === lastExportStep ? 'the last export failed' : `a check failed, “${failed.name}”`;
    return [`Exports of ${account} can be written, but ${but}: ${failed.detail}`, ...after];
  }
  const warnings = [...way, ...around].filter(({ outcome }) => outcome === 'warning').length;
  return [
    `Exports of ${account} can be written${warnings > 0 ? `; ${counted(warnings, 'warning')}` : ''}.`,
    ...after,
  ];
}
