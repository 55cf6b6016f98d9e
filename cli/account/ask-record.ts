import type { Terminal } from '../terminal.ts';
import { ask } from './ask.ts';
import type { RecordOptions } from './record-options.ts';

/** The options with what is missing asked for, as far as every account of that cloud needs it. */
export async function askForMissing(terminal: Terminal, given: RecordOptions): Promise<RecordOptions> {
  const options: { -readonly [Name in keyof RecordOptions]: RecordOptions[Name] } = { ...given };
  options.timeZone ??= await ask(terminal, 'Time zone (IANA name): ');
  options.destination ??= await ask(terminal, 'Destination (s3, gcs or azure): ');
  if (options.destination === 'azure') options.container ??= await ask(terminal, 'Container: ');
  else options.bucket ??= await ask(terminal, 'Bucket: ');
  if (options.destination === 's3') {
    options.bucketRegion ??= await ask(terminal, 'Region of the bucket: ');
    if (options.secretFile === undefined && options.secretId === undefined)
      options.roleArn ??= await ask(terminal, 'ARN of the customer’s role (empty for an access key): ');
    if (options.roleArn === '') delete options.roleArn;
  }
  return options;
}
