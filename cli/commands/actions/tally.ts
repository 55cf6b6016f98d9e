import { type Actions, indexOfRule, type Meaning, meaningOf } from '../../../lambdas/domain/actions.ts';
import { type StoredValue, toJson } from '../../../lambdas/domain/audit-record.ts';

/** An action of the audit log, in how many rows it is, and what it means. */
export interface TalliedAction extends Meaning {
  /** At most its first 200 characters. Longer ones that begin alike and match the same rule count as one. */
  readonly action: string;
  readonly rows: number;
  /** The index of the rule that matches; absent if none does. */
  readonly rule: number | undefined;
}

/** What the rows of an audit log show about the vendor's actions. */
export interface Tally {
  readonly rows: number;
  /** Rows whose action is absent. */
  readonly withoutAction: number;
  /** Those that no rule matches first, then by their rows, the most first. */
  readonly actions: readonly TalliedAction[];
  /** The indexes of the rules that match none of the actions first. */
  readonly unused: readonly number[];
}

/** Keeps the memory small: a row may have an action of 400 KB. */
const longestKept = 200;

/** Counts actions by their text. Memory grows with the different actions only. */
export function createTally(rules: Actions) {
  const found = new Map<string, TalliedAction>();
  let [rows, withoutAction] = [0, 0];

  return {
    take(value: StoredValue): void {
      rows++;
      if (value === undefined || value === null) {
        withoutAction++;
        return;
      }
      // A value that is no text is delivered as JSON.
      const text = typeof value === 'string' ? value : toJson(value);
      const index = indexOfRule(text, rules);
      const action = text.slice(0, longestKept).toWellFormed();
      const key = `${index} ${action}`;
      const { rows: before } = found.get(key) ?? { rows: 0 };
      const rule = index === -1 ? undefined : index;
      found.set(key, { action, rule, ...meaningOf(text, rules), rows: before + 1 });
    },

    end(): Tally {
      const actions = [...found.values()].sort(
        (one, other) =>
          Number(one.rule !== undefined) - Number(other.rule !== undefined) || other.rows - one.rows,
      );
      const used = new Set(actions.map(({ rule }) => rule));
      return { rows, withoutAction, actions, unused: [...rules.keys()].filter(index => !used.has(index)) };
    },
  };
}
