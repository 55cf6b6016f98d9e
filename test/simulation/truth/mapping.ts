import type { Mapping } from '../../../lambdas/domain/mapping.ts';

/** How the simulated stage makes OCSF events. */
export const mapping: Mapping = {
  version: '1.1.0',
  product: { name: 'Example SaaS', vendor: 'Example' },
  actions: [{ kind: 'exact', text: 'LOGOUT', verb: 'logout', outcome: 'success' }],
};
