import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildFunctions } from '../../lib/build-functions.ts';
import { runChaos } from '../chaos/run-chaos.ts';

const folder = mkdtempSync(join(tmpdir(), 'siem-export-chaos-'));
let bundle: string;
beforeAll(() => {
  bundle = buildFunctions({ outputFolder: folder }).exporter;
});
afterAll(() => rmSync(folder, { recursive: true }));

test('exporters that are killed, before clouds that fail, deliver every row to exactly one object', async () => {
  const discard = new Writable({ write: (_chunk, _encoding, done) => done() });
  const report = await runChaos({
    duration: 12_000,
    atLeast: { kills: 8, killsAtWork: 2, faults: 3 },
    accounts: 6,
    mostOwed: 8,
    seed: 'continuous integration',
    bundle,
    log: discard,
    say: () => undefined,
  });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBeGreaterThanOrEqual(8);
  expect(report.killsAtWork).toBeGreaterThan(0);
  expect(report.rows).toBeGreaterThan(0);
  expect(report.objects).toBeGreaterThanOrEqual(report.windows);
});
