import { readFile } from 'node:fs/promises';
import { linesOf } from '../../cli/terminal/text-file.ts';
import { whyUnreadable } from '../../cli/terminal/unreadable.ts';
import type { AuditRow } from '../account.ts';
import { parseRow } from './parse-row.ts';

/** The file cannot be read, or has faulty lines. The message lists every fault with its line. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const mostFaultsShown = 100;

/**
 * Reads the user’s own rows, one JSON object per line; empty lines are skipped.
 * @throws InputError naming every faulty line
 */
export async function readRows(file: string): Promise<AuditRow[]> {
  const rows: AuditRow[] = [];
  const faults: string[] = [];
  for (const [index, line] of (await readLines(file)).entries()) {
    if (line.trim() === '') continue;
    const number = index + 1;
    const parsed = parseRow(line, String(number).padStart(9, '0'));
    if ('row' in parsed) rows.push(parsed.row);
    else faults.push(`line ${number}: ${parsed.faults.join('; ')}`);
  }
  if (faults.length > 0) throw new InputError(describe(file, faults));
  if (rows.length === 0) throw new InputError(`--input: ${file} has no rows`);
  return rows;
}

async function readLines(file: string): Promise<string[]> {
  try {
    return [...linesOf(await readFile(file))];
  } catch (thrown) {
    throw new InputError(`--input: ${file} cannot be read: ${whyUnreadable(thrown)}`, { cause: thrown });
  }
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
