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
}

export interface InvalidAccount {
  readonly accountId: string;
  readonly faults: string;
  /** How far it was exported before; absent if it never was. */
  readonly exportedThrough?: Instant;
}
