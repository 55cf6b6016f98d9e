import type { FailureCode } from './failure.ts';
import type { Instant } from './instant.ts';

/** What an hourly look at every account found. */
export interface Survey {
  readonly at: Instant;
  readonly accounts: number;
  /**
   * Accounts whose record has faults, paused ones too: they would fail on the day they are resumed. And those whose
   * cursor in the ledger cannot be read, so that nothing of theirs is exported.
   */
  readonly invalid: readonly InvalidAccount[];
  /** Accounts whose export ends with an error that needs a person, or that has made them late. */
  readonly failing: readonly FailingAccount[];
  /** Accounts with a window that is owed and late, and no error that says why. */
  readonly behind: readonly TroubledAccount[];
  /**
   * Active accounts that no exporter has seen since they were added, or resumed with windows owed: normal until their
   * next boundary.
   */
  readonly neverExported: readonly string[];
  /** Every active account with a valid record. */
  readonly active: readonly string[];
}

/** What a look at the newest sort keys of some accounts found. */
export interface KeySample {
  /** How many accounts were looked at. */
  readonly sampled: number;
  /** Those whose newest sort key has another form than the declared one, and which. */
  readonly unreadable: readonly { readonly accountId: string; readonly form: string }[];
}

export interface InvalidAccount {
  readonly accountId: string;
  readonly faults: string;
  readonly paused: boolean;
  /** How far it was exported before; absent if it never was. */
  readonly exportedThrough?: Instant;
}

export interface TroubledAccount {
  readonly accountId: string;
  readonly exportedThrough: Instant;
  /** When the trouble began. */
  readonly since: Instant;
}

export interface FailingAccount extends TroubledAccount {
  readonly code: FailureCode;
  readonly message: string;
}

/** So many accounts in trouble are no longer each its own customer's matter; in a smaller fleet all of them are not. */
const fewestOfFleet = 3;
/** And so large a share of the fleet, in percent. */
const leastShare = 10;

/**
 * The share of the fleet that is failing, behind or invalid, in percent; 0 as long as it can be one customer's fault or
 * another's: fewer than three accounts, or than a tenth. Both of a fleet of two count, one of one never does.
 */
export function fleetInTrouble({ invalid, failing, behind, active }: Omit<Survey, 'neverExported'>): number {
  const notExported = invalid.filter(({ paused }) => !paused).length;
  const fleet = active.length + notExported;
  const troubled = failing.length + behind.length + notExported;
  const share = Math.floor((100 * troubled) / fleet);
  return fleet > 1 && troubled >= Math.min(fewestOfFleet, fleet) && share >= leastShare ? share : 0;
}

/** A round begins an hour after the one before; a little more, so that none falls between two. */
const sinceLastRound = 65 * 60_000;

/**
 * How many accounts came into trouble since the last round while others were in it already. The alarm for those rings
 * already, so that it would be silent about these.
 */
export function furtherInTrouble({ at, failing, behind }: Omit<Survey, 'neverExported'>): number {
  const troubled = [...failing, ...behind];
  const further = troubled.filter(({ since }) => since > at - sinceLastRound).length;
  return further < troubled.length ? further : 0;
}
