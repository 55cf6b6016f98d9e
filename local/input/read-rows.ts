import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AuditRow } from '../account.ts';
import { parseRow } from './parse-row.ts';

/** The file cannot be read, or lines of it are not rows: the message has every fault, each with its line. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const mostFaultsShown = 100;

/**
 * A person's own rows, one JSON object a line; empty lines are skipped.
 * @throws InputError naming every faulty line
 */
export async function readRows(file: string): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  const faults: string[] = [];
  let number = 0;
  try {
    for await (const line of createInterface({
      input: createReadStream(file),
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      number++;
      if (line.trim() === '') continue;
      // Editors on Windows put a byte-order mark at the beginning.
      const parsed = parseRow(
        number === 1 ? line.replace(/^\uFEFF/, '') : line,
        String(number).padStart(9, '0'),
      );
      if ('row' in parsed) rows.push(parsed.row);
      else faults.push(`line ${number}: ${parsed.faults.join('; ')}`);
    }
  } catch (thrown) {
    throw new InputError(`--input: ${file} cannot be read: ${String(thrown)}`, { cause: thrown });
  }
  if (faults.length > 0) throw new InputError(describe(file, faults));
  if (rows.length === 0) throw new InputError(`--input: ${file} has no rows`);
  return rows;
}

function describe(file: string, faults: readonly string[]): string {
  const shown = faults.slice(0, mostFaultsShown).map(fault => `  ${fault}`);
  const more = faults.length - shown.length;
  const rest = more > 0 ? [`  and ${more} more`] : [];
  return [
    `--input: ${file} has ${faults.length} faulty line${faults.length === 1 ? '' : 's'}:`,
    ...shown,
    ...rest,
  ].join('\n');
}
