import { crc32 } from 'node:zlib';
import { measureInThisProcess, type Prepare } from '../measure/child.ts';
import { readers } from './readers.ts';
import type { ReadOutcome, ReadSettings } from './settings.ts';

function variant(read: (settings: ReadSettings) => AsyncIterable<Uint8Array>) {
  const prepare: Prepare<ReadSettings, ReadOutcome> = async settings => async () => {
    const outcome = { bytes: 0, crc32: 0 };
    for await (const lines of read(settings)) {
      outcome.bytes += lines.length;
      outcome.crc32 = crc32(lines, outcome.crc32);
    }
    return outcome;
  };
  return async () => ({ prepare });
}

await measureInThisProcess(
  Object.fromEntries(Object.entries(readers).map(([name, read]) => [name, variant(read)])),
);
