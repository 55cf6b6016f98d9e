import { measureInThisProcess } from '../measure/child.ts';
import type { Loaded } from './loaded-files.ts';
import type { ColdOutcome, ColdSettings } from './settings.ts';

await measureInThisProcess<ColdSettings, ColdOutcome | Loaded>({
  'first invocation': () => import('./first-invocation.ts'),
  'loaded files': () => import('./loaded-files.ts'),
});
