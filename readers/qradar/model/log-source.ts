import type { KitInput } from '../../kit.ts';
import { bucketOf } from '../log-source.ts';

/** The values of the screen for a new log source. */
export type LogSource = Readonly<Record<string, string>>;

export function parseLogSource(text: string): LogSource {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map(line => {
      const [label = '', ...value] = line.split(': ');
      return [label, value.join(': ')];
    }),
  );
}

/** What QRadar would refuse, or understand otherwise than the files are. */
export function faultsOfLogSource(values: LogSource, input: KitInput): string[] {
  const { bucket, region } = bucketOf(input);
  const expected: Record<string, (value: string) => boolean> = {
    'Log Source Type': value => value !== '',
    'Protocol Type': is('Amazon AWS S3 REST API'),
    Extension: is(values['Log Source Type'] ?? ''),
    'Coalescing Events': is('Off'),
    'Store Event Payload': is('On'),
    'Log Source Identifier': value => /^[\w.-]+$/.test(value),
    'S3 Collection Method': is('Use a Specific Prefix'),
    'Bucket Name': is(bucket),
    // IBM: a folder must not begin with a slash.
    'Directory Prefix': value => !value.startsWith('/') && value.endsWith('/'),
    'Region Name': is(region),
    'Event Format': is('LINEBYLINE'),
    'File Pattern': isRegex,
    'Use As A Gateway Log Source': is('Off'),
  };
  const unknown = Object.keys(values).filter(label => expected[label] === undefined);
  const wrong = Object.entries(expected).filter(([label, accepts]) => !accepts(values[label] ?? ''));
  return [
    ...unknown.map(label => `logsource.txt: unknown field ${label}`),
    ...wrong.map(([label]) => `logsource.txt: wrong or missing value for ${label}`),
  ];
}

function is(expected: string) {
  return (value: string) => value === expected;
}

function isRegex(value: string): boolean {
  try {
    return new RegExp(value).source !== '(?:)';
  } catch {
    return false;
  }
}

/** Whether QRadar reads an object: IBM does not say whether the pattern is compared with the key or the file's name. */
export function takes(values: LogSource, key: string): boolean {
  const pattern = new RegExp(`^(?:${values['File Pattern']})$`, 's');
  const name = key.slice(key.lastIndexOf('/') + 1);
  return key.startsWith(values['Directory Prefix'] ?? '') && pattern.test(key) && pattern.test(name);
}
