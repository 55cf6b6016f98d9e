import type { Source } from '../../kit.ts';
import type { StoredObject } from '../../model.ts';
import { checkMembers, type Log } from './pipeline.ts';

/** What is needed of the function app. */
export interface BlobTrigger {
  readonly source: string;
  readonly service: string;
  /** The container and the beginning of the blobs' names. */
  readonly path: string;
}

/** The function drops what is larger, as JSON. */
const longestItem = 256_000;

const bindingMembers = ['name', 'type', 'direction', 'path', 'connection', 'dataType'];
const placeholders: Readonly<Record<string, RegExp>> = {
  DD_API_KEY: /^@Microsoft\.KeyVault\(SecretUri=\w+\)$/,
  DD_SITE: /^\w+$/,
};

/** @throws TypeError for what Azure would refuse, and for what leaves the function without its settings */
export function parseBlobTrigger(
  binding: string,
  appSettings: string,
  { host }: Extract<Source, { type: 'azure' }>,
): BlobTrigger {
  const [trigger, ...others] = JSON.parse(binding).bindings;
  checkMembers(trigger, bindingMembers);
  const { name, type, direction, path, connection, dataType } = trigger;
  // The function's second parameter is the content; the host gives it by this name.
  const right =
    type === 'blobTrigger' && direction === 'in' && dataType === 'binary' && name === 'blobContent';
  if (!right || others.length > 0) throw new TypeError('expected one binding of a blob');
  const beginning = /^((?:[^{}]|\{\{|\}\})+)\{name\}$/.exec(path)?.[1];
  if (beginning === undefined) throw new TypeError(`expected a path with a pattern for the name: ${path}`);
  const settings = parseSettings(appSettings);
  for (const [setting, pattern] of Object.entries(placeholders))
    if (!pattern.test(settings.get(setting) ?? '')) throw new TypeError(`expected the setting ${setting}`);
  const services = ['blobServiceUri', 'queueServiceUri'].map(each => settings.get(`${connection}__${each}`));
  if (services.join() !== `https://${host},https://${host.replace('.blob.', '.queue.')}`)
    throw new TypeError('expected the services of the storage account');
  if (settings.size !== 6) throw new TypeError('expected no other settings');
  return {
    source: settings.get('DD_SOURCE') ?? 'azure',
    service: settings.get('DD_SERVICE') ?? 'azure',
    path: beginning.replaceAll(/\{\{|\}\}/g, brace => brace.charAt(0)),
  };
}

function parseSettings(text: string): ReadonlyMap<string, string> {
  const settings: { name: string; value: string; slotSetting: boolean }[] = JSON.parse(text);
  for (const setting of settings) {
    checkMembers(setting, ['name', 'value', 'slotSetting']);
    // A setting of a slot stays behind when the slots are swapped.
    if (setting.slotSetting !== false) throw new TypeError('expected settings of the app');
  }
  return new Map(settings.map(({ name, value }) => [name, value]));
}

/** The logs that the function sends for a blob: each line is an object; a blob without lines is an empty message. */
export function sent(object: StoredObject, container: string, { source, service, path }: BlobTrigger): Log[] {
  if (!`${container}/${object.key}`.startsWith(path)) return [];
  return recordsOf(object)
    .filter(({ bytes }) => bytes <= longestItem)
    .map(({ attributes }) => ({
      source,
      service,
      attributes,
      message: attributes.size === 0 ? '' : undefined,
      date: '',
    }));
}

interface Sized {
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly bytes: number;
}

/** The records of a blob are read once, though many changed kits read it. */
const read = new WeakMap<StoredObject, readonly Sized[]>();

function recordsOf(object: StoredObject): readonly Sized[] {
  const records = read.get(object) ?? new TextDecoder().decode(object.body).trim().split('\n').map(sized);
  read.set(object, records);
  return records;
}

function sized(line: string): Sized {
  const record = line === '' ? {} : JSON.parse(line);
  const attributes = new Map(Object.entries(record));
  return { attributes, bytes: Buffer.byteLength(JSON.stringify(record), 'utf8') };
}
