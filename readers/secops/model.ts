import { isDeepStrictEqual } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Kit, KitInput } from '../kit.ts';
import type { ReaderEvent, ReaderModel, StoredObject } from '../model.ts';
import { faultsOfAccess } from './model/access-model.ts';
import { cached } from './model/cached.ts';
import { type NullMeaning, nullMeanings } from './model/cbn-filters.ts';
import { runCbn } from './model/cbn-interpreter.ts';
import { CbnError, parseCbn, type Statement } from './model/cbn-syntax.ts';
import { feedOf, objectsOf } from './model/feed-model.ts';
import { faultsOfRules } from './model/rule-scenarios.ts';
import { faultsOfEvent, setField, type UdmEvent } from './model/udm-schema.ts';

const parserPath = 'cbn/siem_export.conf';

/** A feed skips what is longer. */
const longestLine = 4 * 1024 * 1024;

/** A feed of Google SecOps and its parser, as Google's documentation and published parsers tell. */
export const model: ReaderModel = {
  async faultsOf(kit, input) {
    try {
      const { logType } = feedOf(kit, input);
      return [...faultsOfAccess(kit, input), ...faultsOfParser(kit), ...faultsOfRules(kit, logType)];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  },

  async read(kit, input, objects) {
    return readAll(kit, input, objects);
  },
};

function readAll(kit: Kit, input: KitInput, objects: readonly StoredObject[]): readonly ReaderEvent[] {
  const feed = feedOf(kit, input);
  const program = parsed(textOf(kit, parserPath));
  return objectsOf(feed, input, objects)
    .flatMap(linesOf)
    .flatMap(line => eventsOf(program, line))
    .map(event => {
      setField(event, 'metadata.log_type', feed.logType);
      return event;
    });
}

/** A log of which the parser makes nothing, or an event that is refused, stays a raw log. */
function eventsOf(program: readonly Statement[], line: string): readonly UdmEvent[] {
  try {
    return runCbn(program, line, 'failing').filter(event => faultsOfEvent(event).length === 0);
  } catch (error) {
    if (error instanceof CbnError) return [];
    throw error;
  }
}

const unpacked = new WeakMap<Uint8Array, readonly string[]>();

function linesOf({ key, body }: StoredObject): readonly string[] {
  let lines = unpacked.get(body);
  if (lines === undefined) {
    const content = key.endsWith('.gz') ? gunzipSync(body) : Buffer.from(body);
    lines = content
      .toString('utf8')
      .split('\n')
      .filter(line => line !== '' && Buffer.byteLength(line) <= longestLine);
    unpacked.set(body, lines);
  }
  return lines;
}

const parsed = cached(parseCbn);

function textOf(kit: Kit, path: string): string {
  const text = kit.find(file => file.path === path)?.text;
  if (text === undefined) throw new Error(`no ${path}`);
  return text;
}

/** What the parser makes of each of the kit's own raw logs has to be the kit's own event, whatever a null means. */
function faultsOfParser(kit: Kit): readonly string[] {
  const conf = textOf(kit, parserPath);
  const logs = textOf(kit, 'testdata/raw_logs.ndjson').split('\n').slice(0, -1);
  const { events } = JSON.parse(textOf(kit, 'testdata/expected_events.json')) as { events: unknown[] };
  if (events.length !== logs.length) return ['testdata: not as many events as raw logs'];
  if (runCbn(parsed(conf), 'no JSON', 'failing').length > 0) return ['an event of what is no JSON'];
  const testEvents = testEventsOf(conf);
  for (const nulls of nullMeanings) {
    for (const [index, log] of logs.entries()) {
      const made = testEvents(log, nulls);
      if (!isDeepStrictEqual(made.events, [events[index]]))
        return [`testdata: the parser makes another event of log ${index + 1} if a null is ${nulls}`];
      if (made.faults.length > 0) return made.faults;
    }
  }
  return [];
}

const testEventsOf = cached((conf: string) =>
  cached((log: string, nulls: NullMeaning) => {
    const events = runCbn(parsed(conf), log, nulls);
    return { events: events.map(inProtoJson), faults: events.flatMap(faultsOfEvent) };
  }),
);

/** An event in the JSON of the API and of Google's own parser tests. */
function inProtoJson(event: UdmEvent) {
  const readOnlyUdm = camelCased(event) as { metadata?: { eventTimestamp?: string } };
  const timestamp = readOnlyUdm.metadata?.eventTimestamp;
  return { event: { ...(timestamp === undefined ? {} : { timestamp }), idm: { readOnlyUdm } } };
}

function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelCased(member),
    ]),
  );
}
