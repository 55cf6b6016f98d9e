import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const project = join(import.meta.dirname, '../..');
/** It waits for half a minute, and computes for the rest; this limit is for a busy machine. */
const longest = 600_000;

/** The cells of every table row, without padding. */
function rowsOf(text: string): string[] {
  return text
    .split('\n')
    .filter(line => line.startsWith('| '))
    .map(line => line.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---'));
}

describe('npm start -- --rehearse', () => {
  let folder: string;
  let output: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'siem-export-rehearsal-'));
    const command = [join(project, 'local/main.ts'), '--rehearse', '--out', join(folder, 'out')];
    const ran = await promisify(execFile)(process.execPath, command, { timeout: longest });
    output = ran.stdout;
  }, longest);
  afterAll(() => rm(folder, { recursive: true }));

  test('tells what pages and what waits as the runbook shows it', async () => {
    const runbook = await readFile(join(project, 'docs/operator/runbook.md'), 'utf8');
    const rehearsed = rowsOf(output);
    expect(rehearsed.length).toBeGreaterThan(15);
    const section = runbook.split(/^## /m).find(text => text.startsWith('What pages, and what waits\n'));
    expect(rowsOf(section ?? '')).toEqual(rehearsed);
  });

  test('lets every alarm be heard once, and finds its heading in the runbook', async () => {
    const heard = output
      .split('\n')
      .flatMap(line => /^✓ (page|ticket) +docs\/operator\/runbook\.md#([\w-]+): /.exec(line)?.[2] ?? []);
    expect(output).not.toContain('✗');
    const files = await readdir(join(folder, 'out/alarms'));
    expect(files.sort()).toEqual(heard.map(name => `${name}.json`).sort());
    for (const name of heard)
      expect(JSON.parse(await readFile(join(folder, 'out/alarms', `${name}.json`), 'utf8'))).toMatchObject({
        AlarmName: `siem-export-local-${name}`,
        AlarmDescription: expect.stringContaining(`#${name}`),
        NewStateValue: 'ALARM',
        Trigger: { Namespace: expect.any(String), Threshold: expect.any(Number) },
      });
  });

  test('does not page for one customer, and reports its fault once until it is fixed', () => {
    const day = (name: string) => rowsOf(output).filter(row => row.startsWith(`| ${name} `));
    expect(day('Fri').filter(row => row.includes('| page |'))).toEqual([]);
    const told = rowsOf(output).filter(row => row.includes('[accounts-failing]'));
    expect(told).toHaveLength(2);
    expect(told[1]).toContain('It is over');
  });
});
