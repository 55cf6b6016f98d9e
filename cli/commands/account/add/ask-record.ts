import { faultAt } from '../../../stage/account/check-record.ts';
import { type RecordOptions, withOptions } from '../../../stage/account/record-options.ts';
import { ask } from '../../../terminal/ask.ts';
import type { Terminal } from '../../../terminal/terminal.ts';

type Answers = { -readonly [Name in keyof RecordOptions]: RecordOptions[Name] };

/**
 * The options with what is missing asked for, as far as every account of that cloud needs it. An answer that cannot be
 * right is asked for again at once.
 */
export async function askForMissing(terminal: Terminal, given: RecordOptions): Promise<RecordOptions> {
  const options: Answers = { ...given };
  const complete = async (name: keyof RecordOptions, path: string, question: string) => {
    while (options[name] === undefined) {
      const answer = await ask(terminal, question);
      const fault = faultAt(path, withOptions({}, { ...options, [name]: answer }));
      if (fault === undefined) options[name] = answer;
      else terminal.note(`  ${fault.slice(path.length + 2)}`);
    }
  };
  await complete('timeZone', 'timeZone', 'Time zone (IANA name, such as Europe/Berlin): ');
  await complete('destination', 'destination.type', 'Destination (s3, gcs or azure): ');
  if (options.destination === 'azure') await complete('container', 'destination.container', 'Container: ');
  else await complete('bucket', 'destination.bucket', 'Bucket: ');
  if (options.destination === 's3') {
    await complete('bucketRegion', 'destination.region', 'Region of the bucket: ');
    if (options.secretFile === undefined && options.secretId === undefined)
      await complete(
        'roleArn',
        'destination.roleArn',
        'ARN of the customer’s role (empty for an access key): ',
      );
    if (options.roleArn === '') delete options.roleArn;
  }
  return options;
}
