import { displayName } from '../cli/terminal/display.ts';
import { accountFolder, contentType, parseObjectKey } from '../lambdas/domain/object-key.ts';
import { type KitReader, kitReaders, readerNames } from '../lambdas/domain/reader.ts';
import { defaultActionsFile, readActionsFile } from '../readers/actions-file.ts';
import { type KitInput, type Product, sourceOf } from '../readers/kit.ts';
import { loadKit, loadModel } from '../readers/load.ts';
import type { StoredObject as ReadableObject, ReaderEvent } from '../readers/model.ts';
import type { AccountRecord } from './account.ts';
import type { StoredObject } from './delivery/stored-objects.ts';

export interface FirstEvent {
  readonly reader: KitReader;
  readonly accountId: string;
  readonly event: ReaderEvent;
}

/**
 * For one account of each reader, the first event that the reader has after it has read the account's files with its kit,
 * according to the model of the reader.
 */
export async function firstEvents(
  records: readonly AccountRecord[],
  product: Product,
  objects: ReadonlyMap<string, readonly StoredObject[]>,
): Promise<FirstEvent[]> {
  const found: FirstEvent[] = [];
  for (const reader of kitReaders) {
    const record = records.find(candidate => candidate.reader === reader);
    if (record === undefined) continue;
    const [event] = await eventsOf(reader, record, product, objects.get(record.accountId) ?? []);
    if (event !== undefined) found.push({ reader, accountId: record.accountId, event });
  }
  return found;
}

/** All events that a reader has of an account's objects. */
export async function eventsOf(
  reader: KitReader,
  record: AccountRecord,
  product: Product,
  objects: readonly StoredObject[],
): Promise<readonly ReaderEvent[]> {
  const input = kitInputOf(record, product);
  const createKit = await loadKit(reader);
  const model = await loadModel(reader);
  return model.read(
    createKit(input),
    input,
    objects.flatMap(object => readable(record, object)),
  );
}

function kitInputOf({ accountId, destination, compression }: AccountRecord, product: Product): KitInput {
  const { data: actions = [] } = readActionsFile(defaultActionsFile);
  const folder = accountFolder(destination.prefix, accountId);
  return { accountId, source: sourceOf(destination), folder, compression, product, actions };
}

function readable({ format, compression }: AccountRecord, { key, body }: StoredObject): ReadableObject[] {
  if (parseObjectKey(key) === undefined) return [{ key, contentType: 'text/plain', body }];
  return [{ key, contentType: contentType(format, compression), body }];
}

const widest = 100;

/** A few lines for each reader. */
export function describeFirstEvents(events: readonly FirstEvent[]): string {
  return events
    .map(({ reader, accountId, event }) => {
      const values = Object.entries(event).map(([name, value]) => `    ${name}: ${shown(value)}`);
      return [`${readerNames[reader]} (${displayName(accountId)})`, ...values].join('\n');
    })
    .join('\n');
}

function shown(value: unknown): string {
  return displayName(typeof value === 'string' ? value : JSON.stringify(value), widest);
}
