import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { encodingsFor } from '../../../../../cli/commands/redeliver/encoding.ts';
import type { FileWithObject } from '../../../../../cli/commands/redeliver/redeliver-file.ts';
import { encodeRows } from '../../../../../lambdas/archive/encode-rows.ts';
import { createOcsfEncoder } from '../../../../../lambdas/archive/ocsf/ocsf-encoder.ts';
import { defaultAttributes } from '../../../../../lambdas/domain/audit-record.ts';
import { mappingId } from '../../../../../lambdas/domain/mapping.ts';
import type { ExporterEnvironment } from '../../../../../lambdas/environment.ts';
import { plainLines } from '../../../../../lambdas/exporter/cut-part.ts';

const folder = mkdtempSync(join(tmpdir(), 'siem-export-encoding-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const version = '1.8.0';
const product = { name: 'Example SaaS', vendor: 'Example' };
const environment = { ocsf: { version, product, mapping: 'deployed' } } as ExporterEnvironment;
const fileOf = (format: FileWithObject['format']) => ({ format }) as FileWithObject;
const path = join(folder, 'actions.json');
const page = encodeRows(
  [
    { recordedAt: '2026-11-22T05:00:00.000Z#1', action: 'Signed in' },
    { recordedAt: '2026-11-22T05:00:01.000Z#2', action: 'Moved' },
  ],
  defaultAttributes,
);

test('OCSF events are made as the exporter makes them, with the stage’s settings and the file’s actions', async () => {
  writeFileSync(path, '{"rules": [{"exact": "Signed in", "verb": "login"}]}');
  const actions = [{ kind: 'exact', text: 'Signed in', verb: 'login', outcome: 'unknown' }] as const;
  const encodingOf = encodingsFor([fileOf('ndjson'), fileOf('ocsf')], 'acme', environment, { actions: path });
  const { encode, mapping } = encodingOf(fileOf('ocsf'));
  const exporter = createOcsfEncoder('acme', { version, product, actions });
  for (const to of [1, 2])
    expect(Buffer.from(await encode(page, to)).toString()).toBe(
      Buffer.from(exporter.encode(page, 0, to)).toString(),
    );
  expect(mapping).toBe(mappingId({ version, product, actions }));
});

test('records need no actions', () => {
  const options = { actions: join(folder, 'nowhere.json') };
  const encodingOf = encodingsFor([fileOf('ndjson'), fileOf('json')], 'acme', environment, options);
  for (const format of ['ndjson', 'json'] as const)
    expect(encodingOf(fileOf(format))).toEqual({ encode: plainLines, mapping: undefined });
  expect(() => encodingsFor([fileOf('ocsf')], 'acme', environment, options)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining('nowhere.json cannot be read'),
    }),
  );
});
