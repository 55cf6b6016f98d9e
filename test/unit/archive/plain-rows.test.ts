import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compilePlainRows, moduleFile } from '../../../lib/build-plain-rows.ts';

test('the module of WebAssembly is what its source compiles to', async () => {
  expect(readFileSync(moduleFile, 'utf8'), 'npm run build:plain-rows writes it anew').toBe(
    await compilePlainRows(),
  );
});
