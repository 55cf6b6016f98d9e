import { recordColumns } from '../../../lambdas/domain/audit-record.ts';
import type { Format } from '../../../lambdas/domain/format.ts';
import type { Window } from '../../../lambdas/domain/window.ts';
import { size } from '../../terminal/wording.ts';
import { checkEvent, isEvent } from './check-event.ts';
import { createLineRest, longestLine } from './line-rest.ts';
import { isReadableDate } from './readable-date.ts';

/** Counts and faults of the records in a file. */
export interface RecordFigures {
  readonly format: Format | undefined;
  readonly records: number;
  /** Violations of the file format, with the line number of the first ones. */
  readonly faults: readonly string[];
  /** Dates that are not instants in UTC: such records are delivered unchanged. */
  readonly unreadableDates: number;
  /**
   * Dates earlier than the one of the record before. This is allowed: files are ordered by the instant of recording.
   */
  readonly outOfOrder: number;
  readonly outsideWindow: number;
  /** Records identical to the one before. */
  readonly repeated: number;
  readonly firstDate: string | undefined;
  readonly lastDate: string | undefined;
}

const keys = JSON.stringify(recordColumns.map(([name]) => name));
const faultsKept = 20;
const foreign = /\P{ASCII}/u;

export interface RecordCheckOptions {
  /** The window of the file; `undefined` if it is unknown. */
  readonly window: Window | undefined;
  /** Whether every character has to be ASCII, as in a file that is not packed. */
  readonly ascii: boolean;
}

/** Checks the content of a delivered file chunk by chunk, so that memory does not grow with the file. */
export function createRecordCheck({ window, ascii }: RecordCheckOptions) {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const faults: string[] = [];
  const rest = createLineRest();
  let line = 0;
  let format: Format | undefined;
  let closed = false;
  const figures = { records: 0, unreadableDates: 0, outOfOrder: 0, outsideWindow: 0, repeated: 0 };
  let firstDate: string | undefined;
  let lastDate: string | undefined;
  let previous = Number.NEGATIVE_INFINITY;
  let above: string | undefined;

  const fault = (what: string) => {
    if (faults.length < faultsKept) faults.push(`line ${line}: ${what}`);
  };

  function takeLine(text: string | undefined): void {
    line++;
    if (text === undefined) {
      format ??= 'ndjson';
      fault(`it is longer than a record can be (${size(longestLine)})`);
      return;
    }
    if (line === 1 && text.startsWith('\ufeff')) fault('it begins with a byte-order mark');
    if (text.endsWith('\r')) fault('it ends in a carriage return');
    if (ascii && foreign.test(text))
      fault(
        'it has characters outside ASCII, which a file that is not packed never has (was it unpacked from a zip or gzip?)',
      );
    if (line === 1 && (text === '[' || text === '[]')) {
      format = 'json';
      closed = text === '[]';
      return;
    }
    if (format === 'json' && text === ']' && !closed) {
      closed = true;
      return;
    }
    if (closed) fault('text after the end of the array');
    else takeRecord(format === 'json' ? text.replace(/,$/, '') : text);
  }

  function takeRecord(json: string): void {
    const record = parse(json);
    if (record === undefined) {
      format ??= 'ndjson';
      fault(json === '' ? 'it is empty' : 'it is not a JSON object');
      return;
    }
    format ??= isEvent(record) ? 'ocsf' : 'ndjson';
    figures.records++;
    if (json === above) figures.repeated++;
    above = json;
    if (format === 'ocsf') {
      const event = checkEvent(record);
      for (const what of event.faults) fault(what);
      takeDate(event.date);
      return;
    }
    if (JSON.stringify(Object.keys(record)) !== keys)
      fault(`its keys are ${Object.keys(record).join(', ').slice(0, 200)}`);
    takeDate(record.Date);
  }

  function takeDate(date: unknown): void {
    if (!isReadableDate(date)) {
      figures.unreadableDates++;
      return;
    }
    const instant = Date.parse(date);
    firstDate ??= date;
    lastDate = date;
    if (instant < previous) figures.outOfOrder++;
    if (window && (instant < window.start || instant >= window.end)) figures.outsideWindow++;
    previous = instant;
  }

  return {
    take(chunk: Uint8Array): void {
      const [end = '', ...more] = decode(chunk, true).split('\n');
      rest.add(end);
      for (const text of more) {
        takeLine(rest.take());
        rest.add(text);
      }
    },

    end(): RecordFigures {
      rest.add(decode(new Uint8Array(0), false));
      if (!rest.isEmpty()) {
        takeLine(rest.take());
        fault('it does not end in a line feed');
      }
      if (format === 'json' && !closed) faults.push('the array is not closed');
      return { format, ...figures, faults, firstDate, lastDate };
    },
  };

  function decode(chunk: Uint8Array, stream: boolean): string {
    try {
      return decoder.decode(chunk, { stream });
    } catch {
      throw new NotUtf8Error(line + 1);
    }
  }
}

export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';

  constructor(line: number) {
    super(`it is not UTF-8, about line ${line}`);
  }
}

function parse(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
