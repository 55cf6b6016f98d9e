import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { Prepare } from '../measure/child.ts';
import { rawPages } from '../read/raw-pages.ts';
import type { ExportOutcome, ExportSettings } from './settings.ts';

const deflate = promisify(deflateRaw);
const inFlight = 3;

/** What cannot be saved: the same bytes downloaded, transcoded and deflated, and thrown away. */
export const prepare: Prepare<ExportSettings, ExportOutcome> =
  async ({ dynamodbEndpoint, level }) =>
  async () => {
    let zipBytes = 0;
    const running: Promise<Buffer>[] = [];
    const finishOldest = async () => {
      zipBytes += (await running.shift())?.length ?? 0;
    };
    for await (const lines of rawPages(dynamodbEndpoint)) {
      running.push(deflate(lines, { level, memLevel: 9, chunkSize: lines.length }));
      if (running.length === inFlight) await finishOldest();
    }
    while (running.length > 0) await finishOldest();
    return { zipBytes };
  };
