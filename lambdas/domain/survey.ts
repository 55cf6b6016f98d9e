import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';

/** The result of the watchdog's hourly check of all accounts. */
export interface Survey {
  readonly at: Instant;
  readonly accounts: number;
  /**
   * Accounts whose record has faults, also paused ones, which would fail when they are resumed. Also accounts whose
   * cursor in the ledger cannot be read, so that they are not exported.
   */
  readonly invalid: readonly InvalidAccount[];
  /** Accounts with an error that needs a person, or with an error that has made them late. */
  readonly failing: readonly FailingAccount[];
  /** Accounts with a window that is owed and late, and no error that explains it. */
  readonly behind: readonly TroubledAccount[];
  /**
   * Active accounts that no exporter has handled since they were added, or resumed with windows owed. This is normal
   * until their next boundary.
   */
  readonly neverExported: readonly string[];
  /** All active accounts with a valid record. */
  readonly active: readonly string[];
}

/** The result of checking the newest sort keys of some accounts. */
export interface KeySample {
  /** How many accounts were checked. */
  readonly sampled: number;
  /** The accounts whose newest sort key has another form than the declared one, with that form. */
  readonly unreadable: readonly { readonly accountId: string; readonly form: string }[];
}

export interface InvalidAccount {
  readonly accountId: string;
  readonly faults: string;
  readonly paused: boolean;
  /** How far the account is exported; absent if it never was. */
  readonly exportedThrough?: Instant;
}

export interface TroubledAccount {
  readonly accountId: string;
  readonly exportedThrough: Instant;
  /** Since when the account is failing or behind. */
  readonly since: Instant;
}

export interface FailingAccount extends TroubledAccount {
  readonly code: FailureCode;
  readonly message: string;
}

/** With fewer accounts in trouble, the cause may be those customers. In a smaller fleet all must be in trouble. */
const fewestOfFleet = 3;
/** The same limit as a share of the fleet, in percent. */
const leastShare = 10;

/**
 * The share of the accounts that are failing, behind or invalid, in percent. It is 0 while single customers may be the
 * cause: with fewer than three accounts, or less than a tenth. In a fleet of two both must be in trouble; in a fleet of
 * one the share is always 0.
 */
export function fleetInTrouble({ invalid, failing, behind, active }: Omit<Survey, 'neverExported'>): number {
  const notExported = invalid.filter(({ paused }) => !paused).length;
  const fleet = active.length + notExported;
  const troubled = failing.length + behind.length + notExported;
  const share = Math.floor((100 * troubled) / fleet);
  return fleet > 1 && troubled >= Math.min(fewestOfFleet, fleet) && share >= leastShare ? share : 0;
}

/** A little more than the hour between two rounds, so that no account is missed between them. */
const sinceLastRound = 65 * 60_000;

/**
 * How many accounts came into trouble since the last round while others were already in trouble. The alarm for the
 * others is already on, so it would not report the new ones.
 */
export function furtherInTrouble({ at, failing, behind }: Omit<Survey, 'neverExported'>): number {
  const troubled = [...failing, ...behind];
  const further = troubled.filter(({ since }) => since > at - sinceLastRound).length;
  return further < troubled.length ? further : 0;
}
