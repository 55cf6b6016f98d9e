import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { type ArchiveOptions, createArchive } from '../../../lambdas/archive/archive.ts';
import { deflateOnThreadPool } from '../../../lambdas/archive/deflate.ts';
import { zip } from '../../../lambdas/archive/zip.ts';
import { askProgram, bytesOf, inChunks, sampleLines } from './reading.ts';

const modifiedAt = Date.UTC(2026, 10, 22, 18, 30, 58);
const entryName = 'audit_YWNtZQ_20261122T183000Z.json';
const base = {
  format: 'ndjson',
  compression: 'zip',
  entryName,
  modifiedAt,
  level: 6,
  deflateBlock: deflateOnThreadPool,
} as const;

const pack = async (bytes: Uint8Array, options: Partial<ArchiveOptions> = {}) => {
  const archive = createArchive({ ...base, lines: inChunks(bytes, [100_000]), ...options });
  return { packed: await bytesOf(archive.body), figures: archive.figures() };
};

const python = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    bad = archive.testzip()
    entries = [[e.filename, e.date_time, e.file_size, e.compress_type] for e in archive.infolist()]
    print(json.dumps([bad, entries]))
`;

describe.each([
  ['empty', Buffer.alloc(0)],
  ['of one line', sampleLines(1)],
  ['of many blocks', sampleLines(3_500_000)],
])('a zip %s', (_, content) => {
  it('holds the lines as its one file, as fflate reads it', async () => {
    const { packed } = await pack(content);
    const files = unzipSync(packed);
    expect(Object.keys(files)).toEqual([entryName]);
    expect(content.equals(files[entryName] ?? Buffer.from('missing'))).toBe(true);
  });

  it('says in its central directory what it holds', async () => {
    const { packed } = await pack(content);
    const end = packed.subarray(-22);
    expect(end.readUInt32LE(0)).toBe(0x06054b50);
    expect(end.readUInt16LE(10)).toBe(1);
    const directory = packed.subarray(end.readUInt32LE(16), packed.length - 22);
    expect(directory.length).toBe(end.readUInt32LE(12));
    expect(directory.readUInt32LE(0)).toBe(0x02014b50);
    expect(directory.readUInt32LE(24)).toBe(content.length);
    expect(directory.readUInt32LE(42)).toBe(0);
    const descriptor = packed.subarray(end.readUInt32LE(16) - 16, end.readUInt32LE(16));
    expect(descriptor.readUInt32LE(0)).toBe(0x08074b50);
    expect(descriptor.subarray(4).equals(directory.subarray(16, 28))).toBe(true);
    const localHeader = packed.subarray(0, 30);
    expect(localHeader.subarray(10, 14).equals(directory.subarray(12, 16))).toBe(true);
  });

  it('is accepted by unzip and by Python, where the machine has them', async () => {
    const { packed } = await pack(content);
    const unzip = await askProgram(packed, 'unzip', path => ['-t', path]);
    if (unzip !== undefined) expect(unzip).toContain('No errors detected');
    const zipfile = await askProgram(packed, 'python3', path => ['-c', python, path]);
    if (zipfile !== undefined)
      expect(JSON.parse(zipfile)).toEqual([
        null,
        [[entryName, [2026, 11, 22, 18, 30, 58], content.length, 8]],
      ]);
  });
});

test('a name beyond ASCII is marked as UTF-8', async () => {
  const { packed } = await pack(sampleLines(10), { entryName: 'prüf-日.json' });
  expect(Object.keys(unzipSync(packed))).toEqual(['prüf-日.json']);
  expect(packed.readUInt16LE(6) & 0x0800).toBe(0x0800);
});

test('a gzip holds the lines and the time, and no name', async () => {
  for (const content of [Buffer.alloc(0), sampleLines(1_500_000)]) {
    const { packed } = await pack(content, { compression: 'gzip' });
    expect(gunzipSync(packed).equals(content)).toBe(true);
    expect(packed.readUInt32LE(4)).toBe(modifiedAt / 1000);
    expect(packed.readUInt8(3)).toBe(0);
  }
});

test('a JSON array holds the same records, one a line', async () => {
  const content = sampleLines(1_500_000);
  const { packed } = await pack(content, { compression: 'gzip', format: 'json' });
  const text = gunzipSync(packed).toString();
  const lines = content.toString().trimEnd().split('\n');
  expect(JSON.parse(text)).toEqual(lines.map(line => JSON.parse(line)));
  expect(text).toBe(`[\n${lines.join(',\n')}\n]\n`);
});

test('a window without records is an empty file of lines, or an empty array', async () => {
  const nothing = Buffer.alloc(0);
  expect(gunzipSync((await pack(nothing, { compression: 'gzip' })).packed).toString()).toBe('');
  const array = await pack(nothing, { compression: 'gzip', format: 'json' });
  expect(gunzipSync(array.packed).toString()).toBe('[]\n');
});

test('the figures are those of the bytes, and are there only when all of them have been read', async () => {
  const content = sampleLines(2_000_000);
  const archive = createArchive({ ...base, lines: inChunks(content, [65_536]) });
  expect(() => archive.figures()).toThrow('not been read to its end');
  const packed = await bytesOf(archive.body);
  expect(archive.figures()).toEqual({
    bytes: packed.length,
    sha256: createHash('sha256').update(packed).digest('hex'),
    uncompressedBytes: content.length,
  });
});

test('the bytes do not depend on the time zone of the process', async () => {
  const zone = process.env.TZ;
  const packedIn = async (name: string) => {
    process.env.TZ = name;
    // This local time does not exist in Berlin.
    return (await pack(sampleLines(100), { modifiedAt: Date.UTC(2026, 2, 29, 2, 30) })).packed;
  };
  try {
    const inBerlin = await packedIn('Europe/Berlin');
    expect((await packedIn('Pacific/Kiritimati')).equals(inBerlin)).toBe(true);
    expect((await packedIn('UTC')).equals(inBerlin)).toBe(true);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('chunks are large, but for the last', async () => {
  for (const format of ['json', 'ndjson'] as const) {
    const archive = createArchive({ ...base, format, lines: inChunks(sampleLines(5_000_000), [300]) });
    const sizes: number[] = [];
    for await (const chunk of archive.body) sizes.push(chunk.length);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(16_384);
  }
});

test('an error of the source comes out of the body as it is', async () => {
  const fault = new Error('the table is gone');
  const archive = createArchive({
    ...base,
    format: 'json',
    lines: (async function* () {
      yield sampleLines(4_000_000);
      throw fault;
    })(),
  });
  await expect(bytesOf(archive.body)).rejects.toBe(fault);
  expect(() => archive.figures()).toThrow();
});

test('a consumer that stops early ends the source', async () => {
  let ended = false;
  const archive = createArchive({
    ...base,
    lines: (async function* () {
      try {
        for (let seed = 1; ; seed++) yield sampleLines(500_000, seed);
      } finally {
        ended = true;
      }
    })(),
  });
  for await (const chunk of archive.body) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(ended).toBe(true);
});

test.each([
  ['4 GiB of content', { bytes: 2 ** 32 - 1, crc32: 0 }],
  ['more than 4 GiB of content', { bytes: 2 ** 33, crc32: 0 }],
])('a zip with %s is refused, not corrupted', async (_, content) => {
  const deflated = (async function* () {
    yield Buffer.from([3, 0]);
  })();
  const refused = bytesOf(zip(deflated, { name: entryName, modifiedAt, content }));
  await expect(refused).rejects.toMatchObject({
    name: 'ExportError',
    message: expect.stringContaining('4 GiB'),
  });
});
