import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeholders } from '../../../../../cli/commands/reader/kit-input.ts';
import { writeKit } from '../../../../../cli/commands/reader/write-kit.ts';
import { cloudsFor } from '../../../../../cli/stage/account/reader-fit.ts';
import { kitReaders } from '../../../../../lambdas/domain/reader.ts';
import { contextOf, linesOf, schemaFaults } from '../../answering-target.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-kits-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pairs = kitReaders.flatMap(reader => cloudsFor(reader).map(cloud => ({ reader, cloud })));

describe.each(pairs)('the kit for $reader and $cloud', ({ reader, cloud }) => {
  test('can be written for no account, and its placeholders are told', async () => {
    const out = join(folder, `${reader}-${cloud}`);
    const report = await writeKit(contextOf(), reader, undefined, { out, destination: cloud });
    expect(schemaFaults(report, 'reader')).toEqual([]);
    const written = await readdir(out, { recursive: true, withFileTypes: true });
    const { files } = report.json as { readonly files: readonly string[] };
    expect(written.filter(entry => entry.isFile())).toHaveLength(files.length);
    expect(files).toContain('README.md');
    const told = linesOf(report).flatMap(line => /^ {4}([A-Z_]+): /.exec(line)?.[1] ?? []);
    const place = { s3: ['BUCKET'], gcs: ['BUCKET'], azure: ['STORAGE_ACCOUNT', 'CONTAINER'] };
    expect(told).toEqual(expect.arrayContaining([...place[cloud], 'FOLDER']));
    for (const word of told) expect(placeholders).toHaveProperty(word);
  });
});
