import type { CreateKit } from '../kit.ts';
import { detections } from './detections.ts';
import { iamPolicy } from './iam-policy.ts';
import { logSource } from './log-source.ts';
import { logSourceExtension } from './lsx.ts';
import { qids, qidsScript } from './qids.ts';
import { readme } from './readme.ts';

export const createKit: CreateKit = input => [
  { path: 'README.md', text: readme(input) },
  { path: 'logsource.txt', text: logSource(input) },
  { path: 'lsx.xml', text: logSourceExtension(input) },
  { path: 'qids.json', text: json(qids(input)) },
  { path: 'qids.sh', text: qidsScript },
  { path: 'iam-policy.json', text: json(iamPolicy(input)) },
  ...detections(input),
];

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
