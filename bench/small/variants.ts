import { measureInThisProcess } from '../measure/child.ts';

await measureInThisProcess({
  ours: () => import('./ours.ts'),
  'document client + archiver': () => import('./obvious-exporter.ts'),
});
