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
      'write a small object by an account’s real way, with its real credential, and check each step',
    )
    .argument('[account...]', 'the account’s id; of several, a line for each')
    .addOption(new Option('--all', 'every account').conflicts('state'))
    .addOption(new Option('--state <state...>', 'every account in these states').choices(states))
    .addHelpText(
      'after',
      `
Exit code 1 if a step is wrong; each wrong step comes with what to do. Tells as well of what keeps files from coming
although they can be written: a last export that failed otherwise, a pause, an add-on that has expired, an audit log
without a row of the account, or with sort keys and attributes other than the stage declares. Of one account alone it
shows the newest row as it is delivered, which is a customer's data.

One object stays in the bucket for each destination and credential, however often you verify, because nobody but the
customer may delete it. While it is there, a large object under a new name is begun and given up before the request that
would create it: every right that an export needs is shown, and only the creation itself is not done again.

Once a week, to see keys and SAS that come to their end before exports fail:
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
    throw new CommandError(
      'usage',
      'Which account? Give its id, or several, or either --all or --state <state>',
    );
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
  if (way.some(({ outcome }) => outcome === 'wrong'))
    return [`Exports of ${account} cannot be written as things are.`];
  const exportNow = `What it is owed comes at its next boundary, or now: ${accountCommand(`${command} export`, accountId)}`;
  const after = standing.state === 'failing' ? [exportNow] : [];
  const failed = around.find(({ outcome }) => outcome === 'wrong');
  if (failed !== undefined) {
    const but =
      failed.name === lastExportStep ? 'the last export failed' : `it is not so that ${failed.name}`;
    return [`Exports of ${account} can be written, but ${but}: ${failed.detail}`, ...after];
  }
  const warnings = [...way, ...around].filter(({ outcome }) => outcome === 'warning').length;
  return [
    `Exports of ${account} can be written${warnings > 0 ? `; ${counted(warnings, 'warning')}` : ''}.`,
    ...after,
  ];
}
