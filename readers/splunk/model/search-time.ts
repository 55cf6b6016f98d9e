import type { ReaderEvent } from '../../model.ts';
import { type Conf, setting } from './conf-parser.ts';
import { evaluate } from './eval.ts';
import type { Indexed } from './indexing.ts';
import { createLookup, parseLookup } from './lookup.ts';

/** `extraction_cutoff` of `[spath]` in `limits.conf`: automatic extraction of JSON stops after so many bytes. */
const extractionCutoff = 5000;

export interface SearchConfs {
  readonly props: Conf;
  readonly transforms: Conf;
  readonly eventtypes: Conf;
  readonly tags: Conf;
  readonly lookupText: (filename: string) => string;
}

/** Gives an indexed event its fields, in the order of Splunk's search-time operations. */
export function fieldReader(
  { props, transforms, eventtypes, tags, lookupText }: SearchConfs,
  sourcetype: string,
): (event: Indexed) => ReaderEvent {
  const settings = [...(props.get(sourcetype) ?? [])];
  const named = (prefix: string) =>
    settings.flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [],
    );
  const extractions = named('EXTRACT-').map(([, value]) => new RegExp(value));
  const isJson = setting(props, sourcetype, 'KV_MODE') === 'json';
  const calculated = named('EVAL-');
  const lookups = named('LOOKUP-').map(([, value]) => {
    const parsed = parseLookup(value);
    return { ...parsed, find: createLookup(transforms, parsed, lookupText) };
  });
  const types = [...eventtypes.keys()].map(
    name => [name, searchTerms(setting(eventtypes, name, 'search'))] as const,
  );

  return ({ raw, time }) => {
    const extracted = new Map<string, string>([['sourcetype', sourcetype]]);
    for (const extraction of extractions) {
      for (const [name, value] of Object.entries(extraction.exec(raw)?.groups ?? {})) {
        if (value !== undefined) extracted.set(name, value);
      }
    }
    if (isJson) for (const [name, value] of jsonMembers(raw)) extracted.set(name, value);
    const fields = new Map<string, string | string[]>(extracted);
    for (const [name, expression] of calculated) {
      const value = evaluate(expression, extracted);
      if (value !== null) fields.set(name, value);
    }
    for (const { eventField, find } of lookups) {
      const value = fields.get(eventField);
      if (typeof value !== 'string') continue;
      for (const [name, output] of Object.entries(find(value))) fields.set(name, output);
    }
    const eventtype = types.filter(([, terms]) => terms.every(term => term(fields))).map(([name]) => name);
    const tag = eventtype.flatMap(name =>
      [...(tags.get(`eventtype=${name}`) ?? [])].flatMap(([tagName, state]) =>
        state === 'enabled' ? [tagName] : [],
      ),
    );
    return { _time: time, ...Object.fromEntries(fields), eventtype, tag };
  };
}

const member = /\s*[{,]\s*("(?:[^"\\]|\\.)*")\s*:\s*("(?:[^"\\]|\\.)*"|[\w.+-]+)(?=[,}])/y;

/** The members of an object of scalar values that lie before the cut-off, whole. */
function jsonMembers(raw: string): [name: string, value: string][] {
  const text = Buffer.from(raw.slice(0, extractionCutoff)).subarray(0, extractionCutoff).toString('utf8');
  const members: [string, string][] = [];
  member.lastIndex = 0;
  for (let match = member.exec(text); match !== null; match = member.exec(text)) {
    members.push([JSON.parse(match[1] ?? ''), String(JSON.parse(match[2] ?? ''))]);
  }
  return members;
}

type Term = (fields: ReadonlyMap<string, string | string[]>) => boolean;

/** The terms of a search, all of which must hold. @throws SyntaxError */
function searchTerms(search: string): Term[] {
  const terms: Term[] = [];
  const pattern = /(\w+)(?:="([^"]*)"|=([\w:]+)| IN \(([^)]*)\))(?: |$)/y;
  while (pattern.lastIndex < search.length) {
    const [, field, quoted, plain, list] = pattern.exec(search) ?? [];
    if (field === undefined) throw new SyntaxError(`Not a search that the model knows: ${search}`);
    const values = (quoted ?? plain ?? list ?? '').split(/, ?/);
    terms.push(fields => [fields.get(field) ?? []].flat().some(value => values.includes(value)));
  }
  return terms;
}
