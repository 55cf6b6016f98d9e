import { faultAt } from '../../../stage/account/check-record.ts';
import { cloudsFor, readerChoices } from '../../../stage/account/reader-fit.ts';
import { type RecordOptions, withOptions } from '../../../stage/account/record-options.ts';
import type { StorageAccountOptions } from '../../../stage/account/storage-account.ts';
import { ask, choose } from '../../../terminal/ask.ts';
import type { Terminal } from '../../../terminal/terminal.ts';

const clouds = [
  { value: 's3', description: 'Amazon S3' },
  { value: 'gcs', description: 'Google Cloud Storage' },
  { value: 'azure', description: 'Azure Blob Storage' },
] as const;

type Answers = { -readonly [Name in keyof RecordOptions]: RecordOptions[Name] };

/**
 * Asks for each missing option that every account of that cloud needs. An invalid answer is asked for again at once.
 * @param proposal the storage account that the given credential is for, if one is given: an empty answer accepts it
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
    if (options[name] !== undefined) return;
    const faultOf = (answer: string) =>
      faultAt(path, withOptions({}, { ...options, [name]: answer }))?.slice(path.length + 2);
    options[name] = await ask(terminal, question, { faultOf, proposed });
  };
  await complete('timeZone', 'timeZone', 'Time zone (IANA name, such as Europe/Berlin):');
  options.reader ??= await choose(terminal, 'What reads the files:', readerChoices(options.destination));
  const possible = cloudsFor(options.reader);
  options.destination ??= await choose(
    terminal,
    'Destination:',
    clouds.filter(({ value }) => possible.includes(value)),
  );
  if (options.destination === 'azure') {
    const named = options.storageAccount === undefined ? await proposal() : undefined;
    const path = 'destination.storageAccount';
    await complete('storageAccount', path, 'Storage account:', named?.storageAccount);
    if (options.storageAccount === named?.storageAccount) Object.assign(options, { ...named, ...options });
    await complete('container', 'destination.container', 'Container:');
  } else await complete('bucket', 'destination.bucket', 'Bucket:');
  if (options.destination === 's3') {
    await complete('bucketRegion', 'destination.region', 'Region of the bucket:');
    if (options.secretFile === undefined && options.secretId === undefined)
      await complete(
        'roleArn',
        'destination.roleArn',
        'ARN of the customer’s role (empty for an access key):',
      );
    if (options.roleArn === '') delete options.roleArn;
  }
  return options;
}
