import type { Instant } from './instant.ts';

/** What an hourly look at every account found. */
export interface Survey {
  readonly accounts: number;
  /**
   * Accounts whose record has faults, paused ones too: they would fail on the day they are resumed. And those whose
   * cursor in the ledger cannot be read, so that nothing of theirs is exported.
   */
  readonly invalid: readonly InvalidAccount[];
  /** Accounts with a window that is owed and overdue; `since` is how far they are exported. */
  readonly behind: readonly { readonly accountId: string; readonly since: Instant }[];
  /** Active accounts that no exporter has seen yet: normal for some hours after they were added. */
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
  /** How far it was exported before; absent if it never was. */
  readonly exportedThrough?: Instant;
}
