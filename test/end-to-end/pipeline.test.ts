import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { recordOfEvent } from '../../local/delivery/ocsf-record.ts';
import { hourlyRows, ndjson, rowAt } from './audit-rows.ts';
import { clouds, unpacked } from './evidence.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.forget());
afterAll(() => pipeline?.close());

/** Midnight in Kolkata: the end of the window that begins at 14:30 UTC. */
const tick = '2025-03-03T18:30:00Z';
const inWindow = [
  rowAt('2025-03-03T14:30:00.000Z', 'first'),
  rowAt('2025-03-03T16:00:00.120Z', 'middle'),
  rowAt('2025-03-03T18:29:59.999Z', 'last'),
];
const outside = [rowAt('2025-03-03T14:29:59.999Z', 'before'), rowAt('2025-03-03T18:30:00.000Z', 'after')];

const contentTypes: Readonly<Record<string, string>> = { zip: 'application/zip', gzip: 'application/x-gzip' };

const linesOf = (text: string) => text.trimEnd().split('\n');

const shapes = clouds.flatMap(cloud =>
  (['ndjson', 'json', 'ocsf'] as const).flatMap(format =>
    (['zip', 'gzip', 'none'] as const).map(compression => ({ cloud, format, compression })),
  ),
);

describe('a tick', () => {
  test.each(shapes)('delivers the window as $format in a $compression to $cloud', async shape => {
    const { cloud, format, compression } = shape;
    const accountId = `shape ${cloud} ${format} ${compression}`;
    await pipeline.provision(accountId, { cloud, timeZone: 'Asia/Kolkata', format, compression }, [
      ...outside,
      ...inWindow,
    ]);
    await pipeline.tick(tick);

    const [found, ...others] = await pipeline.objectsOf(cloud, accountId);
    expect(others).toEqual([]);
    const encoded = Buffer.from(accountId).toString('base64url');
    const name = `audit_${encoded}_20250303T183000Z`;
    const suffix = { zip: '.zip', gzip: '.json.gz', none: '.json' }[compression];
    expect(found).toMatchObject({
      key: `audit/${encoded}/${name}${suffix}`,
      contentType:
        contentTypes[compression] ?? (format === 'json' ? 'application/json' : 'application/x-ndjson'),
      contentEncoding: undefined,
      metadata: {
        windowstart: '2025-03-03T14:30:00.000Z',
        windowend: '2025-03-03T18:30:00.000Z',
        part: '1',
        format,
        writerversion: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      },
    });
    if (!found) throw new Error('nothing was delivered');
    const file = unpacked(found);
    expect(file.name).toBe(compression === 'zip' ? `${name}.json` : '');
    if (format === 'ndjson' && compression !== 'none') expect(file.text).toBe(ndjson(inWindow));
    else if (format === 'ndjson')
      expect(linesOf(file.text).map(line => JSON.parse(line))).toEqual(
        inWindow.map(({ line }) => JSON.parse(line)),
      );
    else if (format === 'ocsf')
      expect(linesOf(file.text).map(recordOfEvent)).toEqual(inWindow.map(({ line }) => line));
    else expect(JSON.parse(file.text)).toEqual(inWindow.map(({ line }) => JSON.parse(line)));

    const { cursor, files } = await pipeline.ledgerOf(accountId);
    const figures = {
      key: found.key,
      bytes: found.body.length,
      sha256: createHash('sha256').update(found.body).digest('hex'),
      records: 3,
      malformed: 0,
      part: 1,
      final: true,
    };
    const window = { start: Date.parse('2025-03-03T14:30:00Z'), end: Date.parse(tick) };
    expect(files).toEqual([expect.objectContaining({ ...figures, window, format, compression })]);
    expect(cursor).toMatchObject({ exportedThrough: Date.parse(tick), failures: 0, attempts: [] });
    expect(cursor).not.toHaveProperty('intent');
    expect(pipeline.eventsOf(accountId)).toEqual([
      expect.objectContaining({
        busName: 'siem-export-local',
        source: 'siem-export',
        detailType: 'Export Delivered',
        detail: expect.objectContaining({ ...figures, windowEnd: '2025-03-03T18:30:00.000Z' }),
      }),
    ]);
  });

  test.each(clouds)('delivers an empty file to %s for a window without rows', async cloud => {
    const accountId = `silent ${cloud}`;
    await pipeline.provision(accountId, { cloud, timeZone: 'Asia/Kolkata' }, outside);
    await pipeline.tick(tick);
    expect(await pipeline.textsOf(cloud, accountId)).toEqual(['']);
  });

  test.each(clouds)('delivers no file to %s for a window without rows if the record says so', async cloud => {
    const accountId = `skipped ${cloud}`;
    const record = { cloud, timeZone: 'Asia/Kolkata', emptyWindows: 'skip' } as const;
    await pipeline.provision(accountId, record, outside);
    await pipeline.tick(tick);
    const keys = (await pipeline.objectsOf(cloud, accountId)).map(({ key }) => key);
    // The bucket was never written to, so it is tried.
    expect(keys).toEqual([expect.stringMatching(/_verify_[0-9a-f]{16}\.txt$/)]);
    const { cursor, files } = await pipeline.ledgerOf(accountId);
    expect(files).toEqual([expect.objectContaining({ records: 0, bytes: 0, final: true })]);
    expect(files[0]).not.toHaveProperty('key');
    expect(cursor).toMatchObject({ exportedThrough: Date.parse(tick), acceptedAt: expect.any(Number) });
    const [event] = pipeline.eventsOf(accountId);
    expect(event).toMatchObject({ detailType: 'Export Delivered', detail: { records: 0 } });
    expect(event?.detail).not.toHaveProperty('key');
  });

  test('delivers nothing where no boundary was crossed', async () => {
    await pipeline.provision('not due', { timeZone: 'Asia/Tokyo' }, inWindow);
    await pipeline.tick(tick);
    expect(await pipeline.ledgerOf('not due')).toEqual({ cursor: undefined, files: [] });
  });

  test('that comes twice delivers once', async () => {
    await pipeline.provision('twice', { timeZone: 'Asia/Kolkata' }, inWindow);
    for (const time of [tick, tick]) {
      await pipeline.dispatch(time);
      await pipeline.drain();
    }
    expect(pipeline.eventTypesOf('twice')).toEqual(['Export Delivered']);
    expect(await pipeline.textsOf('s3', 'twice')).toEqual([ndjson(inWindow)]);
  });

  test('that was missed is made up by the next one, whatever the minute, oldest window first', async () => {
    const rows = hourlyRows('2025-03-03T00:00:00Z', 16);
    await pipeline.provision('missed', { cloud: 'gcs', timeZone: 'UTC' }, rows);
    await pipeline.tick('2025-03-03T04:00:00Z');
    await pipeline.dispatch('2025-03-03T16:15:00Z');
    await pipeline.drain();
    expect(pipeline.eventsOf('missed').map(({ detail }) => detail.windowEnd)).toEqual(
      ['04', '08', '12', '16'].map(hour => `2025-03-03T${hour}:00:00.000Z`),
    );
    expect(await pipeline.textsOf('gcs', 'missed')).toEqual(
      [0, 4, 8, 12].map(from => ndjson(rows.slice(from, from + 4))),
    );
  });

  test('delivers the history from the window that contains exportFrom', async () => {
    const rows = hourlyRows('2025-03-01T04:00:00Z', 28);
    const exportFrom = '2025-03-01T07:59:59+00:00';
    await pipeline.provision('history', { cloud: 'azure', timeZone: 'UTC', exportFrom }, rows);
    await pipeline.tick('2025-03-02T08:00:00Z');
    expect(await pipeline.textsOf('azure', 'history')).toEqual(
      [0, 4, 8, 12, 16, 20, 24].map(from => ndjson(rows.slice(from, from + 4))),
    );
  });
});

describe('a window larger than one file', () => {
  const rows = Array.from({ length: 30 }, (_, index) =>
    rowAt(new Date(Date.parse('2025-03-03T15:00:00Z') + index * 1000).toISOString(), String(index)),
  );

  test.each(clouds)(
    'continues in further parts in %s, an invocation each where time is short',
    async cloud => {
      const accountId = `parts ${cloud}`;
      await pipeline.provision(accountId, { cloud, timeZone: 'Asia/Kolkata' }, rows);
      // Less time than the exporter needs for another part, so it continues in a new invocation after each.
      const exporter = await pipeline.startVariant({
        environment: { PART_BYTES: '2000' },
        timeout: 240_000,
      });
      let invocations = 0;
      const counted = {
        ...exporter,
        invoke: (event: unknown) => {
          invocations++;
          return exporter.invoke(event);
        },
      };
      await pipeline.tick(tick, counted);

      const found = await pipeline.objectsOf(cloud, accountId);
      expect(found.map(({ key }) => /_20250303T183000Z(.*)\.zip$/.exec(key)?.[1])).toEqual([
        '',
        '_0002',
        '_0003',
      ]);
      expect(found.map(({ metadata }) => metadata.part)).toEqual(['1', '2', '3']);
      const texts = found.map(object => unpacked(object).text);
      expect(texts.join('')).toBe(ndjson(rows));
      for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(2000);
      expect(invocations).toBeGreaterThanOrEqual(3);
      const { cursor, files } = await pipeline.ledgerOf(accountId);
      expect(files.map(({ final }) => final)).toEqual([false, false, true]);
      expect(cursor?.exportedThrough).toBe(Date.parse(tick));
    },
  );

  test('is whole JSON in every part', async () => {
    await pipeline.provision(
      'json parts',
      { timeZone: 'Asia/Kolkata', format: 'json', compression: 'gzip' },
      rows,
    );
    await pipeline.tick(tick, await pipeline.startVariant({ environment: { PART_BYTES: '700' } }));
    const parts = (await pipeline.textsOf('s3', 'json parts')).map(text => JSON.parse(text) as unknown[]);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.flat()).toEqual(rows.map(({ line }) => JSON.parse(line)));
  });

  test('that runs out of time in the middle of a file leaves nothing behind and comes whole later', async () => {
    await pipeline.provision('out of time', { timeZone: 'Asia/Kolkata' }, rows);
    pipeline.proxies.s3.onRequest = () => ({ kind: 'slow', bytesPerSecond: 20 });
    // 15 seconds are reserved for cleaning up, so half a second remains for the file.
    await pipeline.tick(tick, await pipeline.startVariant({ timeout: 15_500 }));
    expect((await pipeline.ledgerOf('out of time')).cursor?.lastError?.code).toBe('out_of_time');
    expect(await pipeline.objectsOf('s3', 'out of time')).toEqual([]);

    pipeline.proxies.s3.onRequest = () => ({ kind: 'pass' });
    await pipeline.tick('2025-03-03T22:30:00Z');
    expect(await pipeline.textsOf('s3', 'out of time')).toEqual([ndjson(rows), '']);
    expect(pipeline.eventTypesOf('out of time').slice(0, 3)).toEqual([
      'Export Failed',
      'Export Delivered',
      'Export Recovered',
    ]);
  });
});
