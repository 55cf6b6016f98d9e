import { type Account, accountFaults, parseAccount } from '../../lambdas/domain/account.ts';
import { ExportError } from '../../lambdas/domain/failure.ts';
import { type Credential, parseSecret } from '../../lambdas/domain/secret.ts';
import { CommandError } from '../command-error.ts';
import { optionFor } from './record-options.ts';
import type { AccountRecord } from './record-store.ts';

/** @throws CommandError `usage` with every fault, and the option that mends it */
export function checkRecord(record: AccountRecord): Account {
  const faults = accountFaults(record);
  if (faults.length === 0) return parseAccount(record);
  const lines = faults.map(fault => `\n  ${withOption(fault)}`);
  throw new CommandError(
    'usage',
    `The account record is not in order; nothing was changed:${lines.join('')}`,
  );
}

/** The fault of one attribute, if it has one. */
export function faultAt(path: string, record: AccountRecord): string | undefined {
  return accountFaults(record).find(fault => fault.startsWith(`${path}: `));
}

/** @throws CommandError `usage` with every fault, and no part of the secret */
export function checkSecret({ destination }: Account, secret: string): Credential {
  try {
    return parseSecret(destination.type, secret);
  } catch (thrown) {
    if (!(thrown instanceof ExportError)) throw thrown;
    throw new CommandError('usage', thrown.message);
  }
}

function withOption(fault: string): string {
  const path = fault.slice(0, fault.indexOf(':'));
  const option = optionFor(path);
  return option === undefined ? fault : `${path} (${option})${fault.slice(path.length)}`;
}
