import { measureInThisProcess } from '../measure/child.ts';

await measureInThisProcess({
  ours: () => import('./ours.ts'),
  'scan all accounts': () => import('./scan-accounts.ts'),
  limit: () => import('./limit.ts'),
});
