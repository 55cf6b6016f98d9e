import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const tour = fileURLToPath(new URL('../../local/tour/main.ts', import.meta.url));
const page = new URL('../../docs/operator/tour.md', import.meta.url);

test('the tour for operators shows what the commands print today', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [tour, '--check'], { timeout: 160_000 });
  expect(stderr).toBe('');
});

test('the tour is short enough to be read in one go', async () => {
  expect((await readFile(page, 'utf8')).split('\n').length).toBeLessThanOrEqual(250);
});
