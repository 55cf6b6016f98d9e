import { isReadableDate } from './readable-date.ts';

/** The classes of OCSF events that the exporter writes: Authentication and API Activity. */
const classes: readonly unknown[] = [3002, 6003];

/** What of an OCSF event the figures of a file need. */
export interface CheckedEvent {
  /** The date of the record; `undefined` if the record has none. */
  readonly date: unknown;
  readonly faults: readonly string[];
}

/** Whether a line is an OCSF event, if it is the first of a file. A record has other keys. */
export function isEvent(line: Readonly<Record<string, unknown>>): boolean {
  return 'class_uid' in line;
}

/** Checks an event of a file of the format `ocsf`. */
export function checkEvent(event: Readonly<Record<string, unknown>>): CheckedEvent {
  const { version, original_time: date } = membersOf(event.metadata);
  const { class_uid: eventClass, time } = event;
  return {
    date,
    faults: [
      ...(classes.includes(eventClass) ? [] : [`its class_uid is not ${classes.join(' or ')}`]),
      ...(typeof version === 'string' && version !== '' ? [] : ['it has no metadata.version']),
      ...faultsOfTime(time, date),
    ],
  };
}

/** With an unreadable date, the time is that of recording, which the event does not contain in another form. */
function faultsOfTime(time: unknown, date: unknown): string[] {
  if (!Number.isSafeInteger(time)) return ['its time is not a whole number'];
  if (!isReadableDate(date) || Date.parse(date) === time) return [];
  return ['its time is another instant than its metadata.original_time'];
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
