import { accountFaults } from '../../../lambdas/domain/account.ts';
import { timeZoneNames } from '../../../lambdas/domain/time-zone-names.ts';
import { editDistance } from '../../terminal/edit-distance.ts';
import type { AccountRecord } from './account-record.ts';

/** Every fault of a record, as the exporter has it; a misspelled time zone with the one that is meant. */
export function recordFaults(record: AccountRecord): string[] {
  return accountFaults(record).map(fault =>
    fault.startsWith('timeZone: ') ? `${fault}${suggestion(record.timeZone)}` : fault,
  );
}

function suggestion(given: unknown): string {
  const nearest = typeof given === 'string' ? nearestTimeZone(given) : undefined;
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** The time zone that was meant, if the name is one but for a few letters; a city stands for its zone. */
export function nearestTimeZone(given: string): string | undefined {
  const wanted = given.toLowerCase().replaceAll(' ', '_');
  const furthest = Math.min(wanted.length / 4, 3);
  let nearest: { readonly name: string; readonly distance: number } | undefined;
  for (const name of timeZoneNames) {
    const spelled = name.toLowerCase();
    const known = wanted.includes('/') ? spelled : (spelled.split('/').at(-1) ?? spelled);
    if (Math.abs(known.length - wanted.length) > furthest) continue;
    const distance = editDistance(wanted, known);
    if (distance <= furthest && distance < (nearest?.distance ?? Number.POSITIVE_INFINITY))
      nearest = { name, distance };
  }
  return nearest?.name;
}
