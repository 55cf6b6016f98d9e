import { faultAt } from '../../../stage/account/check-record.ts';
import { type RecordOptions, withOptions } from '../../../stage/account/record-options.ts';
import type { StorageAccountOptions } from '../../../stage/account/storage-account.ts';
import { ask } from '../../../terminal/ask.ts';
import type { Terminal } from '../../../terminal/terminal.ts';

type Answers = { -readonly [Name in keyof RecordOptions]: RecordOptions[Name] };

/**
 * The options with what is missing asked for, as far as every account of that cloud needs it. An answer that cannot be
 * right is asked for again at once.
 * @param proposal the storage account of the credential, where that is given already: an empty answer takes it
 */
export async function askForMissing(
  terminal: Terminal,
  given: RecordOptions,
  proposal: () => Promise<StorageAccountOptions | undefined>,
): Promise<RecordOptions> {
  const options: Answers = { ...given };
  const complete = async (
    name: keyof RecordOptions,
    path: string,
    question: string,
    proposed?: string | undefined,
  ) => {
    const prompt = proposed === undefined ? question : `${question.slice(0, -2)} [${proposed}]: `;
    while (options[name] === undefined) {
      const answer = (await ask(terminal, prompt)) || (proposed ?? '');
      const fault = faultAt(path, withOptions({}, { ...options, [name]: answer }));
      if (fault === undefined) options[name] = answer;
      else terminal.note(`  ${fault.slice(path.length + 2)}`);
    }
  };
  await complete('timeZone', 'timeZone', 'Time zone (IANA name, such as Europe/Berlin): ');
  await complete('destination', 'destination.type', 'Destination (s3, gcs or azure): ');
  if (options.destination === 'azure') {
    const named = options.storageAccount === undefined ? await proposal() : undefined;
    const path = 'destination.storageAccount';
    await complete('storageAccount', path, 'Storage account: ', named?.storageAccount);
    if (options.storageAccount === named?.storageAccount) Object.assign(options, { ...named, ...options });
    await complete('container', 'destination.container', 'Container: ');
  } else await complete('bucket', 'destination.bucket', 'Bucket: ');
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
