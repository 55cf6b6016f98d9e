import type { CreateKit } from '../kit.ts';
import { accessFiles } from './access.ts';
import { detectionFiles } from './detection-rules.ts';
import { feed } from './feed.ts';
import { parserConf } from './parser-conf.ts';
import { readme } from './readme.ts';
import { testData } from './test-data.ts';

/** The kit for Google SecOps (Chronicle): a feed, a parser with its test data, and three detection rules. */
export const createKit: CreateKit = input => [
  { path: 'README.md', text: readme(input) },
  { path: 'feed.json', text: feed(input) },
  ...accessFiles(input),
  { path: 'cbn/siem_export.conf', text: parserConf(input) },
  ...testData(input),
  ...detectionFiles(input.product),
];
