import type { Meaning } from '../../lambdas/domain/actions.ts';

/**
 * The UDM event type of each verb, for a record that names its user. A changed permission is not USER_CHANGE_PERMISSIONS:
 * that type requires `target.user`, the user whose permissions were changed, and a record names only who changed them.
 */
export const eventTypes: Record<Meaning['verb'], string> = {
  login: 'USER_LOGIN',
  logout: 'USER_LOGOUT',
  create: 'USER_RESOURCE_CREATION',
  read: 'USER_RESOURCE_ACCESS',
  update: 'USER_RESOURCE_UPDATE_CONTENT',
  delete: 'USER_RESOURCE_DELETION',
  permission: 'USER_RESOURCE_UPDATE_PERMISSIONS',
  other: 'USER_UNCATEGORIZED',
};

/** All USER types require a user. This type requires none, so it is for a record without one. */
export const typeWithoutUser = 'GENERIC_EVENT';

export const resultActions = { success: 'ALLOW', failure: 'BLOCK' } as const;

/** The guide of UDM requires this category for a login that failed. */
export const failedLoginCategory = 'AUTH_VIOLATION';

/** How a user logs in to the product is not in the records; that it is over a network is certain. */
export const authentication = { type: 'AUTHTYPE_UNSPECIFIED', mechanism: 'REMOTE' } as const;
