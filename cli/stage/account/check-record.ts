import { type Account, accountFaults, parseAccount } from '../../../lambdas/domain/account.ts';
import { CommandError } from '../../terminal/command-error.ts';
import { accountCommand } from '../../terminal/shell-word.ts';
import type { AccountRecord } from './account-record.ts';
import { recordFaults } from './record-faults.ts';
import { optionFor } from './record-options.ts';
import { unknownAttributes } from './unknown-attributes.ts';

/**
 * @param outcome what the command has done so far
 * @param hints further advice
 * @throws CommandError `usage` with every fault, and the option that corrects it
 */
export function checkRecord(
  record: AccountRecord,
  outcome = 'nothing was changed',
  hints: readonly string[] = [],
): Account {
  const faults = recordFaults(record);
  if (faults.length === 0) return parseAccount(record);
  const warnings = unknownAttributes(record);
  const lines = [...faults.map(withOption), ...wrongOption(record), ...hints, ...warnings].map(
    line => `\n  ${line}`,
  );
  throw new CommandError('usage', `The account record is invalid; ${outcome}:${lines.join('')}`, {
    details: {
      faults: faults.map(fault => ({ line: null, accountId: idOf(record), fault })),
      warnings: warnings.map(warning => ({ warning, lines: [] })),
    },
  });
}

function idOf({ accountId }: AccountRecord): string | null {
  return typeof accountId === 'string' ? accountId : null;
}

/** The fault of one attribute, if any. */
export function faultAt(path: string, record: AccountRecord): string | undefined {
  return accountFaults(record).find(fault => fault.startsWith(`${path}: `));
}

/** The commands that correct every fault of a record, with placeholders for the values; absent if no command can. */
export function fixCommands(
  accountId: string,
  faults: readonly string[],
  command: string,
): string | undefined {
  const options = faults.flatMap(fault => optionFor(fault.slice(0, fault.indexOf(':'))) ?? []);
  const values = [...new Set(options)].filter(option => option.startsWith('--'));
  const update = accountCommand(
    `${command} account update`,
    accountId,
    ...values.map(option => `${option} <value>`),
  );
  const commands = [
    ...(faults.some(fault => fault.startsWith('status: ')) ? statusCommands(accountId, command) : []),
    ...(values.length > 0 ? [update] : []),
  ];
  return commands.length === 0 ? undefined : commands.join('\n');
}

/**
 * The status has commands of its own, and must be corrected before other attributes. Both are printed, because only
 * the operator knows which status is right: a misspelled "paused" must not be resumed by mistake.
 */
function statusCommands(accountId: string, command: string): string[] {
  return [
    accountCommand(`${command} account pause`, accountId),
    `or, to export it: ${accountCommand(`${command} account resume`, accountId)}`,
  ];
}

/** Hints for a bucket that was given with the option of another cloud. */
function wrongOption({ destination }: AccountRecord): string[] {
  const { type, bucket, container } = { ...(typeof destination === 'object' ? destination : {}) } as Readonly<
    Record<string, unknown>
  >;
  if (type === 'azure' && bucket !== undefined)
    return ['--bucket: Azure stores objects in containers, use --container'];
  if ((type === 's3' || type === 'gcs') && container !== undefined)
    return ['--container: only Azure has containers, use --bucket'];
  return [];
}

function withOption(fault: string): string {
  const path = fault.slice(0, fault.indexOf(':'));
  const option = optionFor(path);
  return option === undefined ? fault : `${path} (${option})${fault.slice(path.length)}`;
}
