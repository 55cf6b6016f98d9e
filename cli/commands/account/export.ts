import { isDeepStrictEqual } from 'node:util';
import { type Command, Option } from 'commander';
import type { Run } from '../../run.ts';
import { quotedId } from '../../stage/account/account-id.ts';
import type { AccountRecord } from '../../stage/account/account-record.ts';
import { recordsIn } from '../../stage/account/fleet.ts';
import { recordsOf } from '../../stage/account/named-accounts.ts';
import { recordFaults } from '../../stage/account/record-faults.ts';
import { type State, states } from '../../stage/account/standing.ts';
import { openStores } from '../../stage/account/stores.ts';
import type { CommandContext } from '../../stage/context.ts';
import { credentialLook } from '../../terminal/credential-look.ts';
import type { Json } from '../../terminal/json.ts';
import type { Report } from '../../terminal/report.ts';
import { counted } from '../../terminal/wording.ts';

export function registerExportRecords(accounts: Command, run: Run): void {
  accounts
    .command('export')
    .description('print account records in the form that "account import" reads, one per line')
    .argument('[account...]', 'the accounts’ ids; all by default')
    .addOption(new Option('--state <state...>', 'only accounts in these states').choices(states))
    .addHelpText(
      'after',
      `
Prints records only, never a credential: a record contains the name of its secret. A record that "account import" would
refuse, or that JSON cannot represent, is left out and reported on standard error, with exit code 1.

Example:
  siem-export account export --stage prod > accounts.ndjson`,
    )
    .action(run(exportRecords));
}

async function exportRecords(
  { target: open, terminal, json }: CommandContext,
  given: readonly string[],
  { state }: { readonly state?: readonly State[] },
): Promise<Report> {
  const target = await open();
  const named = given.length === 0 ? undefined : await recordsOf([...new Set(given)], openStores(target));
  const ids = named && new Set(named.keys());
  const found = state === undefined && named ? [...named.values()] : await recordsIn(target, state);
  const wanted = found
    .filter(({ accountId }) => ids === undefined || ids.has(String(accountId)))
    .sort((one, other) => (String(one.accountId) < String(other.accountId) ? -1 : 1));
  const judged = wanted.map(record => ({ record, faults: whyLeftOut(record) }));
  const records = judged.filter(({ faults }) => faults.length === 0).map(({ record }) => record);
  const leftOut = judged
    .filter(({ faults }) => faults.length > 0)
    .map(({ record, faults }) => ({ accountId: String(record.accountId), faults }));
  if (!json) for (const record of records) terminal.print(JSON.stringify(record));
  for (const { accountId, faults } of leftOut)
    terminal.note(`siem-export: ${quotedId(accountId)} is left out: ${faults.join('; ')}`);
  if (leftOut.length > 0)
    terminal.note(`siem-export: ${counted(records.length, 'record')} printed, ${leftOut.length} left out`);
  return { problem: leftOut.length > 0, json: { records: records as Json[], leftOut }, lines: () => [] };
}

function whyLeftOut(record: AccountRecord): string[] {
  const text = JSON.stringify(record);
  if (credentialLook(text)?.certain) return ['its record contains something that looks like a credential'];
  const lost = Object.keys(record).filter(
    name => !isDeepStrictEqual(record[name], JSON.parse(JSON.stringify({ value: record[name] })).value),
  );
  return [
    ...recordFaults(record),
    ...(lost.length === 0
      ? []
      : ['it has attributes that JSON cannot represent, such as sets and binary values']),
  ];
}
