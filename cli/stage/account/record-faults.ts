import { accountFaults } from '../../../lambdas/domain/account.ts';
import type { AccountRecord } from './account-record.ts';
import { timeZoneHint } from './time-zone-hint.ts';

/** Every fault of a record, as the exporter has it; a misspelled time zone with the one that is meant. */
export function recordFaults(record: AccountRecord): string[] {
  return accountFaults(record).map(fault =>
    fault.startsWith('timeZone: ') ? `${fault}${hint(record.timeZone)}` : fault,
  );
}

function hint(given: unknown): string {
  const meant = typeof given === 'string' ? timeZoneHint(given) : undefined;
  return meant === undefined ? '' : `; ${meant}`;
}
