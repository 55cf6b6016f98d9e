import type { AccountRecord } from '../../stage/account/account-record.ts';
import type { Step } from '../../stage/bucket/steps.ts';
import type { CommandContext } from '../../stage/context.ts';
import type { Target } from '../../stage/target/target.ts';
import { toCommandError } from '../../stage/unreachable.ts';
import { workThrough } from '../../stage/work.ts';
import { displayName, printableLine } from '../../terminal/display.ts';
import type { Report } from '../../terminal/report.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { count, counted } from '../../terminal/wording.ts';
import { markOf } from './describe-step.ts';
import { isRight, type Verified, verifiedJson, verifyOne } from './verify-one.ts';

const verificationsAtOnce = 8;

/** Verifies several accounts at once, and prints a line for each as soon as its result is known. */
export async function verifyMany(
  { terminal, json }: CommandContext,
  target: Target,
  records: readonly AccountRecord[],
): Promise<Report> {
  const verified: Verified[] = [];
  const failed: { readonly accountId: string; readonly error: string }[] = [];
  await workThrough(records, {
    atOnce: verificationsAtOnce,
    terminal,
    what: 'accounts are verified',
    again: 'the same command starts from the beginning',
    async each(record) {
      const accountId = String(record.accountId);
      try {
        const outcome = await verifyOne(target, record, { tell: () => undefined, alone: false });
        verified.push(outcome);
        if (!json) terminal.say(describe(outcome, terminal));
      } catch (thrown) {
        // An account that cannot be verified must not hide the results of the others.
        const error = toCommandError(thrown).message;
        failed.push({ accountId, error });
        if (!json)
          terminal.say(`${markOf('wrong', terminal)} ${displayName(accountId)}: ${onOneLine(error)}`);
      }
    },
  });
  const right = verified.filter(isRight).length;
  const wrong = records.length - right;
  return {
    problem: wrong > 0,
    json: {
      verified: wrong === 0,
      accounts: [
        ...verified.map(verifiedJson),
        ...failed.map(({ accountId, error }) => ({ accountId, verified: false, error, steps: [] })),
      ].sort((one, other) => (one.accountId < other.accountId ? -1 : 1)),
    },
    lines: () => [
      `${counted(records.length, 'account')}: ${count(right)} passed, ${count(wrong)} failed.`,
      ...(wrong > 0 ? [`What to do: ${target.command} verify <account>`] : []),
    ],
  };
}

function describe({ accountId, way, around }: Verified, terminal: Terminal): string {
  const steps = [...way, ...around];
  const wrong = steps.filter(({ outcome }) => outcome === 'wrong');
  const shown = wrong.length > 0 ? wrong : steps.filter(({ outcome }) => outcome === 'warning');
  const mark = markOf(shown[0]?.outcome ?? 'right', terminal);
  const why = shown.length === 0 ? '' : `: ${shown.map(sentence).join('; ')}`;
  return `${mark} ${displayName(accountId)}${onOneLine(why)}`;
}

function sentence({ name, detail }: Step): string {
  return detail === undefined ? name : `${name}: ${detail}`;
}

function onOneLine(text: string): string {
  return printableLine(text.replaceAll('\n', ' '));
}
