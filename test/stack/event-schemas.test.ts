import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { createAnnouncer } from '../../cli/stage/account/account-changes.ts';
import { createEventBus, eventSource } from '../../lambdas/aws/event-bus.ts';
import { createExportEvents } from '../../lambdas/aws/export-events.ts';
import { ExportError, type FailureCode, failureCodes } from '../../lambdas/domain/failure.ts';
import { deliveredFile } from './written-telemetry.ts';

const docs = join(import.meta.dirname, '../../docs/operator');
const page = readFileSync(join(docs, 'events.md'), 'utf8');
const types = [
  'Account Changed',
  'Export Delivered',
  'Export Failed',
  'Export Recovered',
  'Export Redirected',
  'Export Stopped',
  'Rows Recorded Late',
] as const;
type EventType = (typeof types)[number];

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);

function schemaOf(type: EventType): AnySchemaObject {
  const file = `${type.toLowerCase().replaceAll(' ', '-')}.schema.json`;
  return JSON.parse(readFileSync(join(docs, 'events', file), 'utf8')) as AnySchemaObject;
}

/** The published schema, but without additional properties. */
const closed = new Map(
  types.map(type => [
    type,
    ajv.compile({ ...schemaOf(type), $id: `closed-${type}`, additionalProperties: false }),
  ]),
);

function faultsOf(type: EventType, detail: unknown): unknown {
  const validate = closed.get(type);
  if (validate === undefined) throw new Error(`There is no schema for ${type}`);
  return validate(detail) ? [] : validate.errors;
}

/** The events on the bus when every kind of event occurs. */
async function emitted(): Promise<{ type: EventType; source: string | undefined; detail: unknown }[]> {
  const entries: PutEventsRequestEntry[] = [];
  const client = new EventBridgeClient({ region: 'us-east-1' });
  client.send = async (command: unknown) => {
    if (!(command instanceof PutEventsCommand)) throw new Error('Only events are put');
    entries.push(...(command.input.Entries ?? []));
    return { FailedEntryCount: 0, Entries: [] };
  };
  const put = createEventBus({ client, busName: 'siem-export-dev' });
  const announcer = createAnnouncer({
    put,
    readCaller: async () => 'arn:aws:sts::111122223333:assumed-role/siem-export-operators/eva',
    now: async () => 0,
  });
  const before = {
    accountId: 'acme',
    timeZone: 'UTC',
    status: 'active',
    destination: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
    secretId: 'siem-export/prod/YWNtZQ',
  };
  const after = { ...before, destination: { type: 'gcs', bucket: 'acme-logs' } };
  const announce = await announcer.begin();
  await announce({ after: before, secretStored: true });
  await announce({ before, after: { ...after, plan: 'gold' } });
  await announce({ before: { accountId: 'acme' } });
  expect(announcer.unsent.size).toBe(0);
  const events = createExportEvents(put);
  await events.delivered('acme', deliveredFile);
  await events.delivered('🦊', {
    ...deliveredFile,
    part: 2,
    place: { type: 'azure', storageAccount: 'acmeaudit', bucket: 'logs', prefix: 'a/b' },
  });
  for (const code of Object.keys(failureCodes) as FailureCode[]) {
    await events.failed('acme', new ExportError(code, 'What to do'), deliveredFile.window);
    await events.failed('acme', new ExportError(code, 'What to do'), undefined);
  }
  await events.recovered('acme', deliveredFile, 3);
  await events.redirected('acme', deliveredFile, 'gcs://acme-logs/siem');
  await events.stopped('acme', 'paused', 0);
  await events.stopped('acme', 'expired', 0);
  await events.recordedLate('acme', deliveredFile.window, 1);
  return entries.map(({ DetailType, Source, Detail = '' }) => ({
    type: DetailType as EventType,
    source: Source,
    detail: JSON.parse(Detail) as unknown,
  }));
}

describe('an event', () => {
  test('is as the published schemas say, with nothing that they do not name', async () => {
    const events = await emitted();
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(types));
    for (const { type, source, detail } of events) {
      expect(source).toBe(eventSource);
      expect(faultsOf(type, detail)).toEqual([]);
    }
  });

  test('would not pass with something missing or wrong', async () => {
    const [delivered] = await emitted();
    const detail = delivered?.detail as Record<string, unknown>;
    expect(faultsOf('Export Delivered', { ...detail, sha256: undefined })).not.toEqual([]);
    expect(faultsOf('Export Delivered', { ...detail, windowEnd: 'noon' })).not.toEqual([]);
    expect(faultsOf('Export Delivered', { ...detail, surprise: 1 })).not.toEqual([]);
  });
});

describe('the page about events', () => {
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text = '']) => JSON.parse(text) as { 'detail-type': EventType; source: string; detail: unknown },
  );

  test('has an example of each that its schema accepts', () => {
    expect(examples.map(example => example['detail-type'])).toEqual([...types]);
    for (const { 'detail-type': type, source, detail } of examples) {
      expect(source).toBe(eventSource);
      expect(faultsOf(type, detail)).toEqual([]);
    }
  });

  test.each(types)('links the schema of %s, which leaves room for more', type => {
    const { $id, title, additionalProperties } = schemaOf(type);
    expect(title).toBe(type);
    expect(additionalProperties).toBeUndefined();
    expect(page).toContain(`(events/${$id})`);
  });
});
