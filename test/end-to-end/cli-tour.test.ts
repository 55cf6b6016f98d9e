import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const tour = fileURLToPath(new URL('../../local/tour/main.ts', import.meta.url));

test('the tour for operators shows what the commands print today', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [tour, '--check'], { timeout: 160_000 });
  expect(stderr).toBe('');
});
