import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toIso } from '../../lambdas/domain/instant.ts';
import { placeName } from '../../lambdas/domain/recipe.ts';
import { boundaryAtOrBefore } from '../../lambdas/domain/window.ts';
import { variables } from '../../lambdas/environment.ts';
import { hourlyRows, ndjson, rowAt } from './audit-rows.ts';
import { startPipeline, type TestPipeline } from './pipeline.ts';

let pipeline: TestPipeline;
beforeAll(async () => {
  pipeline = await startPipeline();
});
afterEach(() => pipeline.forget());
afterAll(() => pipeline?.close());

describe('an account', () => {
  // Few zones share its boundaries, 2½ hours after every fourth hour of UTC, so ticks dispatch few accounts.
  const timeZone = 'Asia/Kolkata';
  const rows = hourlyRows('2025-03-02T22:30:00Z', 16);

  test('that is paused loses nothing: resumed, it catches up', async () => {
    await pipeline.provision('paused', { timeZone }, rows);
    await pipeline.tick('2025-03-03T02:30:00Z');
    await pipeline.provision('paused', { timeZone, status: 'paused' });
    await pipeline.tick('2025-03-03T06:30:00Z');
    await pipeline.tick('2025-03-03T10:30:00Z');
    expect(pipeline.eventTypesOf('paused')).toEqual(['Export Delivered', 'Export Stopped']);

    await pipeline.provision('paused', { timeZone });
    await pipeline.tick('2025-03-03T14:30:00Z');
    expect(await pipeline.textsOf('s3', 'paused')).toEqual(
      [0, 4, 8, 12].map(from => ndjson(rows.slice(from, from + 4))),
    );
    const { cursor } = await pipeline.ledgerOf('paused');
    expect(cursor?.stopped).toBeUndefined();
  });

  test('whose add-on expires gets the windows before that, and the rest when it is renewed', async () => {
    const expired = { timeZone, addOnExpiresAt: '2025-03-03T07:00:00Z' };
    await pipeline.provision('expired', expired, rows);
    for (const hour of ['02', '06', '10']) await pipeline.tick(`2025-03-03T${hour}:30:00Z`);
    expect(pipeline.eventTypesOf('expired')).toEqual([
      'Export Delivered',
      'Export Delivered',
      'Export Stopped',
    ]);
    expect(pipeline.eventsOf('expired').at(-1)?.detail).toEqual({
      accountId: 'expired',
      reason: 'expired',
      exportedThrough: '2025-03-03T06:30:00.000Z',
    });
    expect((await pipeline.ledgerOf('expired')).cursor?.lastError).toBeUndefined();

    await pipeline.provision('expired', { ...expired, addOnExpiresAt: '2026-03-03T07:00:00Z' });
    await pipeline.tick('2025-03-03T14:30:00Z');
    expect(await pipeline.textsOf('s3', 'expired')).toEqual(
      [0, 4, 8, 12].map(from => ndjson(rows.slice(from, from + 4))),
    );
  });

  test('that moves to another time zone keeps its windows without gap or overlap', async () => {
    await pipeline.provision('moved', { timeZone }, rows);
    await pipeline.tick('2025-03-03T02:30:00Z');
    await pipeline.provision('moved', { timeZone: 'Asia/Kathmandu' });
    await pipeline.tick('2025-03-03T14:15:00Z');
    const { files } = await pipeline.ledgerOf('moved');
    expect(
      files.map(({ window }) =>
        [window.start, window.end].map(at => new Date(at).toISOString().slice(11, 16)),
      ),
    ).toEqual([
      ['22:30', '02:30'],
      ['02:30', '06:15'],
      ['06:15', '10:15'],
      ['10:15', '14:15'],
    ]);
    expect((await pipeline.textsOf('s3', 'moved')).join('')).toBe(ndjson(rows.slice(0, 16)));
  });

  test('that goes to another place is told of with its first file there', async () => {
    const record = { timeZone: 'UTC', cloud: 's3' } as const;
    await pipeline.provision('redirected', record, rows);
    await pipeline.tick('2025-03-03T00:00:00Z');
    await pipeline.provision('redirected', { ...record, cloud: 'gcs' });
    await pipeline.tick('2025-03-03T08:00:00Z');
    const { files } = await pipeline.ledgerOf('redirected');
    const [from, to] = files.map(({ place }) => placeName(place));
    const events = pipeline.eventsOf('redirected').filter(event => event.detailType === 'Export Redirected');
    expect(events.map(({ detail }) => detail)).toEqual([
      { accountId: 'redirected', from, to, windowEnd: '2025-03-03T04:00:00.000Z', part: 1 },
    ]);
  });

  test('whose window has rows recorded late is told of, once, where windows are counted again', async () => {
    const end = boundaryAtOrBefore('UTC', Date.now());
    const rowBefore = (minutes: number) => rowAt(toIso(end - minutes * 60_000));
    await pipeline.provision('late', { timeZone: 'UTC' }, [rowBefore(9), rowBefore(8)]);
    await pipeline.sendMessage('late', toIso(end));
    await pipeline.drain();
    await pipeline.provision('late', { timeZone: 'UTC', status: 'paused' }, [rowBefore(7), rowBefore(0)]);

    // The window has been read, and is this old directly afterwards.
    const seconds = Math.ceil((Date.now() - end) / 1000);
    const recounting = await pipeline.startVariant({
      environment: { [variables.recountAfterSeconds]: String(seconds) },
    });
    await pause(1000);
    for (const message of [1, 2]) {
      await pipeline.sendMessage('late', toIso(end + (seconds + message) * 1000 - 1000));
      await pipeline.drain(recounting);
    }
    const events = pipeline.eventsOf('late').filter(({ detailType }) => detailType === 'Rows Recorded Late');
    const window = { windowStart: toIso(end - 4 * 3_600_000), windowEnd: toIso(end) };
    expect(events.map(({ detail }) => detail)).toEqual([{ accountId: 'late', ...window, rows: 1 }]);
    expect((await pipeline.ledgerOf('late')).cursor?.recountedThrough).toBe(end);
    expect(await pipeline.logLines()).toContainEqual(
      expect.objectContaining({
        message: 'Rows recorded late',
        accountId: 'late',
        rowsRecordedLate: 1,
        ...window,
      }),
    );
  });
});
