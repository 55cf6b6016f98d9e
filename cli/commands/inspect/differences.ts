import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { count, counted } from '../../terminal/wording.ts';
import type { RecordFigures } from './check-records.ts';

/** By what a file is another than the one that the ledger knows; nothing if it is the very same. */
export function differences(
  delivered: Pick<DeliveredFile, 'records' | 'bytes' | 'sha256'>,
  figures: Pick<RecordFigures, 'records'> | undefined,
  bytes: number,
  sha256: string,
): string[] {
  if (sha256 === delivered.sha256) return [];
  const then = `${counted(delivered.records, 'record')}, ${count(delivered.bytes)} bytes`;
  const now = `${figures ? counted(figures.records, 'record') : 'unreadable'}, ${count(bytes)} bytes`;
  const figuresDiffer = then === now ? ` (${now}, as then)` : `: ${then} then; ${now} now`;
  return [
    `It is not the file that was delivered${figuresDiffer}`,
    `Its SHA-256 is the difference: ${delivered.sha256} by the ledger, ${sha256} of this file`,
  ];
}
