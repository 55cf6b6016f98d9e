import type { CreateKit, KitFile, KitInput } from '../kit.ts';
import { actionsCsv, actionsFile } from './actions-csv.ts';
import { amazonFiles } from './amazon.ts';
import { appFiles } from './app-files.ts';
import { googleFiles } from './google.ts';
import { inputsConf } from './inputs-conf.ts';
import { app } from './names.ts';
import { propsConf, transformsConf } from './props-conf.ts';
import { readme } from './readme.ts';
import { searchFiles } from './searches.ts';

/** The kit for Splunk: an app with the input, the parsing and the searches, and what the customer's cloud needs. */
export const createKit: CreateKit = input => [
  { path: 'README.md', text: readme(input) },
  ...appFiles(input.product),
  { path: `${app}/default/inputs.conf`, text: inputsConf(input) },
  { path: `${app}/default/props.conf`, text: propsConf(input.product) },
  { path: `${app}/default/transforms.conf`, text: transformsConf() },
  { path: `${app}/lookups/${actionsFile}`, text: actionsCsv(input.actions) },
  ...searchFiles(),
  ...cloudFiles(input),
];

function cloudFiles(input: KitInput): KitFile[] {
  const { source, folder } = input;
  switch (source.type) {
    case 's3':
      return amazonFiles(source.bucket, input);
    case 'gcs':
      return googleFiles(source.bucket, folder);
    case 'azure':
      return [];
  }
}
