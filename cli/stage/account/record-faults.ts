import { accountFaults } from '../../../lambdas/domain/account.ts';
import type { AccountRecord } from './account-record.ts';
import { timeZoneHint } from './time-zone-hint.ts';

/** Every fault that the exporter would find in a record; a misspelled time zone with a suggestion. */
export function recordFaults(record: AccountRecord): string[] {
  return accountFaults(record).map(fault =>
    fault.startsWith('timeZone: ') ? `${fault}${hint(record.timeZone)}` : fault,
  );
}

function hint(given: unknown): string {
  const meant = typeof given === 'string' ? timeZoneHint(given) : undefined;
  return meant === undefined ? '' : `; ${meant}`;
}
