import type { Instant } from '../../lambdas/domain/instant.ts';
import { toIso } from '../../lambdas/domain/instant.ts';
import { windowsAfter } from '../../lambdas/domain/plan.ts';
import { offsetsOf } from '../../lambdas/domain/time-zone.ts';
import type { Window } from '../../lambdas/domain/window.ts';
import type { AuditRow } from '../account.ts';
import { describeAction, type Person } from './actions.ts';
import { createRandom, type Random } from './random.ts';

const hour = 3_600_000;

/** Rows per window at the busiest time of day. At night, some accounts have none. */
const busiest: readonly [number, ...number[]] = [60, 120, 200, 320];
const loadByLocalHour: Readonly<Record<number, number>> = { 0: 0, 4: 0.1, 8: 0.8, 12: 1, 16: 0.6, 20: 0.15 };

/**
 * Audit rows for every window between two instants: more by day, few or none at night, some at the exact edges of a
 * window. The same account and window always give the same rows.
 */
export function sampleRows(accountId: string, timeZone: string, from: Instant, upTo: Instant): AuditRow[] {
  const random = createRandom(accountId);
  const people = staff(random, accountId);
  const most = random.pick(busiest);
  const offsetAt = offsetsOf(timeZone);
  const rows: AuditRow[] = [];
  for (const window of windowsAfter(timeZone, from, upTo)) {
    const inWindow = createRandom(`${accountId} ${toIso(window.start)}`);
    const localHour = Math.floor(((window.start + offsetAt(window.start)) / hour) % 24);
    const load = loadByLocalHour[localHour - (localHour % 4)] ?? 0;
    const count = Math.round(most * load * (0.7 + inWindow.next() * 0.6));
    for (const recordedAt of instantsIn(window, count, inWindow))
      rows.push(sampleRow(accountId, recordedAt, rows.length, inWindow, people));
  }
  return rows;
}

/** Sorted; the first is at the window’s first millisecond, the last at its last one. */
function instantsIn({ start, end }: Window, count: number, random: Random): Instant[] {
  const length = end - start;
  const between = Array.from({ length: Math.max(count - 2, 0) }, () => start + random.below(length));
  const edges = count >= 2 ? [start, end - 1] : [];
  return [...edges, ...between].sort((a, b) => a - b);
}

function sampleRow(
  accountId: string,
  recordedAt: Instant,
  index: number,
  random: Random,
  people: readonly [Person, ...Person[]],
): AuditRow {
  const person = random.pick(people);
  // A row is recorded a little after the action, so some dates are before the window.
  const date = toIso(recordedAt - random.below(900));
  const id = index.toString(36).padStart(6, '0');
  return { accountId, recordedAt, id, values: { date, ...describeAction(random, person) } };
}

const firstNames = [
  'Aiko',
  'Amara',
  'Björn',
  'Chloé',
  'Diego',
  'Eva',
  'Farid',
  'Grace',
  'Hana',
  'Ivo',
] as const;
const lastNames = ['Adeyemi', 'Brandt', 'Castro', 'Dubois', 'Eriksen', 'Fischer', 'Gupta', 'Haddad'] as const;

function staff(random: Random, accountId: string): [Person, ...Person[]] {
  const domain = `${
    accountId
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'example'
  }.example`;
  const network = `203.0.113.${random.below(200)}`;
  const hire = (): Person => {
    const first = random.pick(firstNames);
    const last = random.pick(lastNames);
    const mailbox = `${first}.${last}`.toLowerCase().normalize('NFD').replaceAll(/\p{M}/gu, '');
    const home = random.next() < 0.2 ? `2001:db8::${random.below(65_536).toString(16)}` : network;
    return { name: `${first} ${last}`, email: `${mailbox}@${domain}`, ipAddress: home };
  };
  return [hire(), ...Array.from({ length: 11 }, hire)];
}
