import { type Actions, type Meaning, meaningOf } from '../../domain/actions.ts';

/** The class of an event, with the schema's captions. */
export interface EventClass {
  readonly uid: 3002 | 6003;
  readonly name: string;
  readonly categoryUid: number;
  readonly categoryName: string;
}

export const authentication: EventClass = {
  uid: 3002,
  name: 'Authentication',
  categoryUid: 3,
  categoryName: 'Identity & Access Management',
};

export const apiActivity: EventClass = {
  uid: 6003,
  name: 'API Activity',
  categoryUid: 6,
  categoryName: 'Application Activity',
};

/** What an Action is in terms of the schema. The captions are the same in 1.1.0 and 1.8.0. */
export interface Activity {
  readonly eventClass: EventClass;
  readonly id: number;
  readonly caption: string;
  readonly statusId: number;
  readonly status: string;
}

const activities: Record<Meaning['verb'], Pick<Activity, 'eventClass' | 'id' | 'caption'>> = {
  login: { eventClass: authentication, id: 1, caption: 'Logon' },
  logout: { eventClass: authentication, id: 2, caption: 'Logoff' },
  create: { eventClass: apiActivity, id: 1, caption: 'Create' },
  read: { eventClass: apiActivity, id: 2, caption: 'Read' },
  update: { eventClass: apiActivity, id: 3, caption: 'Update' },
  delete: { eventClass: apiActivity, id: 4, caption: 'Delete' },
  // The class has no activity for permissions. A change of one updates a resource.
  permission: { eventClass: apiActivity, id: 3, caption: 'Update' },
  other: { eventClass: apiActivity, id: 99, caption: 'Other' },
};

/** For a row without an Action: `Other` requires the source's own name of the activity, and there is none. */
const unknown = { eventClass: apiActivity, id: 0, caption: 'Unknown' };

const statuses: Record<Meaning['outcome'], Pick<Activity, 'statusId' | 'status'>> = {
  unknown: { statusId: 0, status: 'Unknown' },
  success: { statusId: 1, status: 'Success' },
  failure: { statusId: 2, status: 'Failure' },
};

/** Finds the activity of an Action; of a row without one if it is `null`. */
export function createActivityFinder(rules: Actions): (action: string | null) => Activity {
  return action => {
    if (action === null) return { ...unknown, ...statuses.unknown };
    const { verb, outcome } = meaningOf(action, rules);
    return { ...activities[verb], ...statuses[outcome] };
  };
}
