import type { Actions, Meaning } from '../../lambdas/domain/actions.ts';

/** How QRadar shows and classifies the events of one meaning. */
export interface EventClass {
  /** What the extension extracts as the event's name: the first half of the key of an event mapping. */
  readonly eventName: string;
  /** The name of the QID record, which QRadar shows as the event's name. */
  readonly name: string;
  /** The id of one of QRadar's low-level categories. */
  readonly lowLevelCategory: number;
  /** From 0 to 10. */
  readonly severity: number;
}

type ClassOf = readonly [name: string, lowLevelCategory: number, severity: number];

/** QRadar's categories: 3114 User Login Attempt, 3057 Misc Logout, 3023 User Right Assigned, 19001 General Audit Event. */
const classes: Record<Meaning['verb'], Record<Meaning['outcome'], ClassOf>> = {
  login: {
    success: ['Login succeeded', 3115, 1],
    failure: ['Login failed', 3116, 3],
    unknown: ['Login attempted', 3114, 1],
  },
  logout: {
    success: ['Logout succeeded', 3057, 1],
    failure: ['Logout failed', 3057, 1],
    unknown: ['Logout attempted', 3057, 1],
  },
  create: {
    success: ['Creation succeeded', 19012, 1],
    failure: ['Creation failed', 19013, 3],
    unknown: ['Creation attempted', 19011, 1],
  },
  read: {
    success: ['Read succeeded', 19015, 1],
    failure: ['Read failed', 19016, 3],
    unknown: ['Read attempted', 19014, 1],
  },
  update: {
    success: ['Update succeeded', 19018, 1],
    failure: ['Update failed', 19019, 3],
    unknown: ['Update attempted', 19017, 1],
  },
  delete: {
    success: ['Deletion succeeded', 19021, 2],
    failure: ['Deletion failed', 19022, 3],
    unknown: ['Deletion attempted', 19020, 2],
  },
  permission: {
    success: ['Permission changed', 3023, 4],
    // QRadar has no category for a refused change of a right. A failed update is not taken for a change.
    failure: ['Permission change failed', 19019, 4],
    unknown: ['Permission change attempted', 3023, 4],
  },
  other: {
    success: ['Other action succeeded', 19001, 1],
    failure: ['Other action failed', 19001, 1],
    unknown: ['Other action', 19001, 1],
  },
};

/** The class of an action that no rule matches. */
export const unmatched: Meaning = { verb: 'other', outcome: 'unknown' };

/** The category that the detections look for. */
export function lowLevelCategory({ verb, outcome }: Meaning): number {
  return classes[verb][outcome][1];
}

export function eventName({ verb, outcome }: Meaning): string {
  return `${verb} ${outcome}`;
}

/** A class for each meaning that the rules give, and for actions that no rule matches. */
export function eventClasses(actions: Actions): EventClass[] {
  const meanings = new Map([...actions, unmatched].map(meaning => [eventName(meaning), meaning]));
  return [...meanings].map(([key, { verb, outcome }]) => {
    const [name, category, severity] = classes[verb][outcome];
    return { eventName: key, name, lowLevelCategory: category, severity };
  });
}
