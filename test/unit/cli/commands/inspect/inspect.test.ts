import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRecordCheck } from '../../../../../cli/commands/inspect/check-records.ts';
import { contentOf } from '../../../../../cli/commands/inspect/content.ts';
import { FileFault } from '../../../../../cli/commands/inspect/entry.ts';
import { parseFileName } from '../../../../../cli/commands/inspect/file-name.ts';
import type { Container } from '../../../../../lambdas/archive/container.ts';
import { encodeRows } from '../../../../../lambdas/archive/encode-rows.ts';
import { gzip } from '../../../../../lambdas/archive/gzip.ts';
import { createOcsfEncoder } from '../../../../../lambdas/archive/ocsf/ocsf-encoder.ts';
import { zip } from '../../../../../lambdas/archive/zip.ts';
import { defaultAttributes, type StoredRow } from '../../../../../lambdas/domain/audit-record.ts';

const record = (date: unknown) =>
  JSON.stringify({
    Date: date,
    Email: null,
    Action: 'x',
    'Action ID': null,
    Description: null,
    'IP Address': null,
  });
const first = record('2026-11-22T04:00:00.000Z');
const second = record('2026-11-22T05:00:00.000Z');
const window = { start: Date.parse('2026-11-22T04:00:00Z'), end: Date.parse('2026-11-22T08:00:00Z') };

const dated = '2026-11-22T04:00:00.000Z';
/** As much of an event as is checked. */
const event = {
  class_uid: 6003,
  time: Date.parse(dated),
  metadata: { version: '1.1.0', original_time: dated },
};

/** The lines of the format `ocsf`, as the exporter writes them. */
function ocsfLines(rows: readonly StoredRow[]): Uint8Array {
  const product = { name: 'Example SaaS', vendor: 'Example' };
  const encoder = createOcsfEncoder('acme', { version: '1.1.0', product, actions: [] });
  const page = encodeRows(rows, defaultAttributes);
  return encoder.encode(page, 0, page.count);
}

describe('the records of a file', () => {
  const check = (text: string | Uint8Array, ascii = false) => {
    const records = createRecordCheck({ window, ascii });
    // Byte by byte, so that characters and lines are split everywhere.
    for (const byte of Buffer.from(text as string)) records.take(Uint8Array.of(byte));
    return records.end();
  };

  test.each([
    ['ndjson', `${first}\n${second}\n`, 2],
    ['json', `[\n${first},\n${second}\n]\n`, 2],
    ['json', '[]\n', 0],
    [undefined, '', 0],
  ])('are counted, as %s', (format, text, records) => {
    expect(check(text)).toMatchObject({ format, records, faults: [] });
  });

  test.each([
    ['it begins with a byte-order mark', `\ufeff${first}\n`, 'line 1: it begins with a byte-order mark'],
    ['carriage returns', `${first}\r\n`, 'line 1: it ends in a carriage return'],
    ['no line feed at the end', first, 'line 1: it does not end in a line feed'],
    ['an empty line', `${first}\n\n`, 'line 2: it is empty'],
    ['a line that is no JSON', `${first}\n{"Date"\n`, 'line 2: it is not a JSON object'],
    ['other keys', '{"Date":null}\n', 'line 1: its keys are Date'],
    ['an array that is not closed', `[\n${first}\n`, 'the array is not closed'],
    ['something after the array', `[]\n${first}\n`, 'line 2: text after the end of the array'],
  ])('with %s are faulty', (_name, text, fault) => {
    expect(check(text).faults).toContain(fault);
  });

  test('with dates out of order, outside the window or unreadable are told and not faulty', () => {
    const text = `${second}\n${first}\n${record('2026-11-22T08:00:00.000Z')}\n${record('last week')}\n`;
    expect(check(text)).toMatchObject({ faults: [], outOfOrder: 1, outsideWindow: 1, unreadableDates: 1 });
  });

  test('that repeat the one above are told and not faulty: an audit log may have the same twice', () => {
    expect(check(`${first}\n${first}\n${second}\n${second}\n${second}\n`)).toMatchObject({
      faults: [],
      repeated: 3,
    });
    expect(check(`[\n${first},\n${first}\n]\n`)).toMatchObject({ faults: [], repeated: 1 });
  });

  test('are counted in a file of OCSF events, and dated by the date of the record', async () => {
    const rows = [
      { recordedAt: '2026-11-22T05:00:00.000Z#1', action: 'Signed in', date: '2026-11-22T05:00:00.000Z' },
      { recordedAt: '2026-11-22T05:00:01.000Z#2', action: 'Deleted Ж', date: '2026-11-22T04:00:00.000Z' },
      { recordedAt: '2026-11-22T05:00:02.000Z#3', action: 'Signed in', date: 'last week' },
      { recordedAt: '2026-11-22T05:00:03.000Z#4', action: 'Signed in' },
    ];
    const events = ocsfLines(rows);
    expect(check(events)).toMatchObject({
      format: 'ocsf',
      records: 4,
      faults: [],
      unreadableDates: 1,
      outOfOrder: 1,
      outsideWindow: 0,
      firstDate: '2026-11-22T05:00:00.000Z',
      lastDate: '2026-11-22T05:00:03.000Z',
    });
  });

  test.each([
    ['a class of its own', { class_uid: 1001 }, 'its class_uid is not 3002 or 6003'],
    ['no version', { metadata: { original_time: dated } }, 'it has no metadata.version'],
    ['a fraction of a millisecond', { time: 0.5 }, 'its time is not a whole number'],
    ['a time as text', { time: dated }, 'its time is not a whole number'],
    ['no time', { time: undefined }, 'its time is not a whole number'],
    ['another time', { time: 1 }, 'its time is another instant than its metadata.original_time'],
    ['metadata that are text', { metadata: '1.1.0' }, 'it has no metadata.version'],
  ])('are faulty events with %s', (_what, change, fault) => {
    const changed = JSON.stringify({ ...event, ...change });
    expect(check(`${JSON.stringify(event)}\n${changed}\n`)).toMatchObject({
      format: 'ocsf',
      records: 2,
      faults: [`line 2: ${fault}`],
    });
  });

  test('are no events behind an event, if they have the keys of a record', () => {
    const { faults } = check(`${JSON.stringify(event)}\n${first}\n`);
    expect(faults).toContain('line 2: its class_uid is not 3002 or 6003');
    expect(check(`${first}\n${JSON.stringify(event)}\n`).faults).toEqual([
      'line 2: its keys are class_uid, time, metadata',
    ]);
  });

  test('have only ASCII characters in a file that is not packed', () => {
    const foreign = first.replace('"x"', '"é"');
    expect(check(`${foreign}\n`).faults).toEqual([]);
    expect(check(`${first.replace('"x"', String.raw`"\u00e9"`)}\n`, true).faults).toEqual([]);
    expect(check(`${first}\n${foreign}\n`, true).faults).toEqual([
      expect.stringContaining('line 2: it has characters outside ASCII'),
    ]);
  });

  test('may be of any length that a row can have, and no line is kept beyond it', () => {
    const records = createRecordCheck({ window: undefined, ascii: false });
    const chunk = Buffer.alloc(65_536, ' ');
    records.take(Buffer.from(`${first}\n`));
    const begun = performance.now();
    // 300 MB without a line feed.
    for (let taken = 0; taken < 4800; taken++) records.take(chunk);
    expect(performance.now() - begun).toBeLessThan(5000);
    records.take(Buffer.from(`\n${second}\n`));
    expect(records.end()).toMatchObject({
      records: 2,
      faults: ['line 2: it is longer than a record can be (20.0 MB)'],
    });
    const unended = createRecordCheck({ window: undefined, ascii: false });
    for (let taken = 0; taken < 310; taken++) unended.take(chunk);
    expect(unended.end().faults).toEqual([
      'line 1: it is longer than a record can be (20.0 MB)',
      'line 1: it does not end in a line feed',
    ]);
  });

  test('have to be UTF-8', () => {
    const records = createRecordCheck({ window: undefined, ascii: false });
    expect(() => records.take(Uint8Array.of(0x22, 0xff))).toThrow('it is not UTF-8, about line 1');
  });
});

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'siem-export-inspect-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const read = async (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const chunks = await Array.fromAsync(contentOf(path, parseFileName(path)));
    return Buffer.concat(chunks).toString();
  };
  const zipName = 'audit_YWNtZQ_20261122T080000Z.zip';
  const gzipName = 'audit_YWNtZQ_20261122T080000Z.json.gz';
  const inside = 'audit_YWNtZQ_20261122T080000Z.json';
  const plainName = inside;
  const content = Buffer.from(`${first}\n`);
  /** A file as it is delivered. */
  const packed = async (container: Container, name = inside, modifiedAt = window.end) => {
    async function* deflated() {
      yield deflateRawSync(content);
    }
    const figures = { bytes: content.length, crc32: crc32(content) };
    return Buffer.concat(
      await Array.fromAsync(container(deflated(), { name, modifiedAt, content: figures })),
    );
  };

  test('is read from a zip and from gzip', async () => {
    expect(await read(zipName, await packed(zip))).toBe(`${first}\n`);
    expect(await read(gzipName, await packed(gzip))).toBe(`${first}\n`);
    expect(await read('renamed.zip', await packed(zip, 'x', 0))).toBe(`${first}\n`);
  });

  test('that is not packed is read as it is, also without records', async () => {
    expect(await read(plainName, content)).toBe(`${first}\n`);
    expect(await read(plainName, new Uint8Array(0))).toBe('');
    expect(parseFileName(plainName)).toMatchObject({ accountId: 'acme', compression: 'none' });
  });

  test('is refused with another name inside, more files, another time, or its end cut off', async () => {
    await expect(read(zipName, await packed(zip, 'other.json'))).rejects.toThrow('expected audit_YWNtZQ');
    await expect(read(zipName, zipSync({ [inside]: content, more: content }))).rejects.toThrow(
      'expected one file',
    );
    for (const [name, container] of [[zipName, zip] as const, [gzipName, gzip] as const]) {
      await expect(read(name, await packed(container, inside, window.start))).rejects.toThrow(
        'its modification time is not the end of its window',
      );
      const whole = await packed(container);
      await expect(read(name, whole.subarray(0, whole.length - 3))).rejects.toThrow(FileFault);
    }
  });

  test.each([
    ['zip', zipName, zip],
    ['gzip', gzipName, gzip],
  ] as const)('is refused with a bit changed in any byte of its %s', async (_, name, container) => {
    const whole = await packed(container);
    const accepted: string[] = [];
    // The last byte may end in unused bits.
    const last = whole.indexOf(deflateRawSync(content)) + deflateRawSync(content).length - 1;
    for (let index = 0; index < whole.length; index++) {
      const bit = 1 << (index === last ? 0 : index % 8);
      const changed = Buffer.from(whole);
      changed.writeUInt8(whole.readUInt8(index) ^ bit, index);
      const outcome = await read(name, changed).then(
        () => 'accepted',
        (thrown: unknown) => (thrown instanceof FileFault ? 'refused' : String(thrown)),
      );
      if (outcome !== 'refused') accepted.push(`byte ${index}, bit ${bit}: ${outcome}`);
    }
    expect(accepted).toEqual([]);
  });

  test.each([
    ['zip', zipName, zip],
    ['gzip', gzipName, gzip],
  ] as const)('is refused with bytes put in anywhere or taken away: %s', async (_, name, container) => {
    const whole = await packed(container);
    for (let index = 0; index <= whole.length; index++) {
      const longer = Buffer.concat([whole.subarray(0, index), Buffer.from([0]), whole.subarray(index)]);
      await expect(read(name, longer), `put in at ${index}`).rejects.toThrow(FileFault);
      const shorter = Buffer.concat([whole.subarray(0, index), whole.subarray(index + 1)]);
      if (index < whole.length)
        await expect(read(name, shorter), `taken at ${index}`).rejects.toThrow(FileFault);
    }
  });

  test('that is empty, or only the beginning of a zip, is faulty', async () => {
    for (const name of [zipName, 'x.json.gz'])
      await expect(read(name, new Uint8Array(0))).rejects.toThrow('it is empty');
    await expect(read(zipName, zipSync({ [inside]: content }).subarray(0, 10))).rejects.toThrow('truncated');
  });

  test('tells account, window and part by its name', () => {
    expect(parseFileName('/downloads/audit_YWNtZQ_20261122T080000Z_0002.zip')).toMatchObject({
      accountId: 'acme',
      windowEnd: window.end,
      part: 2,
    });
    expect(parseFileName('renamed.zip')).toBeUndefined();
  });
});
