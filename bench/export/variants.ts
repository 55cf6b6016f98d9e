import { measureInThisProcess } from '../measure/child.ts';

await measureInThisProcess({
  ours: () => import('./ours.ts'),
  'document client + archiver': () => import('./document-client.ts'),
  'collect all + fflate': () => import('./collect-all.ts'),
  limit: () => import('./limit.ts'),
});
