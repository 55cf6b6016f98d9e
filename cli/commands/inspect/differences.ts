import type { DeliveredFile } from '../../../lambdas/domain/delivered-file.ts';
import { count, counted } from '../../terminal/wording.ts';
import type { RecordFigures } from './check-records.ts';

/** How a file differs from the one in the ledger; empty if it is the same. */
export function differences(
  delivered: Pick<DeliveredFile, 'records' | 'bytes' | 'sha256'>,
  figures: Pick<RecordFigures, 'records'> | undefined,
  bytes: number,
  sha256: string,
): string[] {
  if (sha256 === delivered.sha256) return [];
  const then = `${counted(delivered.records, 'record')}, ${count(delivered.bytes)} bytes`;
  const now = `${figures ? counted(figures.records, 'record') : 'unreadable'}, ${count(bytes)} bytes`;
  const figuresDiffer = then === now ? ` (also ${now})` : `: ${then} delivered; ${now} in this file`;
  return [
    `It is not the file that was delivered${figuresDiffer}`,
    `SHA-256: ${delivered.sha256} in the ledger, ${sha256} of this file`,
  ];
}
