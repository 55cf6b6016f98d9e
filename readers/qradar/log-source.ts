import type { KitInput, Source } from '../kit.ts';
import { logSourceIdentifier, logSourceType } from './names.ts';

/** The bucket; QRadar reads from no other cloud. */
export function bucketOf({ source }: KitInput): Extract<Source, { type: 's3' }> {
  if (source.type !== 's3') throw new TypeError(`QRadar reads from Amazon S3 only, not from ${source.type}`);
  return source;
}

/** The values of the screen for a new log source, with the labels of the screen. */
export function logSource(input: KitInput): string {
  const { bucket, region } = bucketOf(input);
  const values: readonly (readonly [label: string, value: string])[] = [
    ['Log Source Type', logSourceType(input)],
    ['Protocol Type', 'Amazon AWS S3 REST API'],
    ['Extension', logSourceType(input)],
    // Coalescing keeps one event of several that are alike, and drops the records of the others.
    ['Coalescing Events', 'Off'],
    ['Store Event Payload', 'On'],
    ['Log Source Identifier', logSourceIdentifier(input)],
    ['S3 Collection Method', 'Use a Specific Prefix'],
    ['Bucket Name', bucket],
    ['Directory Prefix', input.folder],
    ['Region Name', region],
    ['Event Format', 'LINEBYLINE'],
    ['File Pattern', filePattern(input)],
    ['Use As A Gateway Log Source', 'Off'],
  ];
  return `# Type these values on the screen of a new log source. Fields that are not named here keep their defaults.
# The authentication method and its key are typed on the screen only, and stored by QRadar.
${values.map(([label, value]) => `${label}: ${value}\n`).join('')}`;
}

/** It matches the whole key as well as the file's name, because IBM does not say which of the two QRadar compares. */
function filePattern({ compression }: KitInput): string {
  return compression === 'zip' ? String.raw`.*audit_[^/]*\.zip` : String.raw`.*audit_[^/]*\.json\.gz`;
}
