import { isIP } from 'node:net';
import { CbnError, type Setting } from './cbn-syntax.ts';
import { setField, type UdmEvent, udmFields } from './udm-schema.ts';

/**
 * What a null in JSON does is not documented: `replace` of it fails, or it is the text `null`, or the token stays as it
 * was. A parser has to give the same events with each.
 */
export const nullMeanings = ['failing', 'text', 'absent'] as const;
export type NullMeaning = (typeof nullMeanings)[number];

export interface State {
  /** Tokens that are texts, numbers, flags or lists; a message is tokens whose names begin alike. */
  readonly tokens: Map<string, unknown>;
  readonly nulls: NullMeaning;
  readonly output: UdmEvent[];
  dropped: boolean;
}

interface FilterKind {
  /** The settings besides `on_error`, in the order of a kit. */
  readonly settings: readonly string[];
  run(state: State, ...settings: readonly Setting[]): void;
}

const udm = 'event.idm.read_only_udm.';

const dropTags = [
  'TAG_UNSUPPORTED',
  'TAG_MALFORMED_ENCODING',
  'TAG_MALFORMED_MESSAGE',
  'TAG_NO_SECURITY_VALUE',
];

export const filters: Readonly<Record<string, FilterKind>> = {
  'mutate replace': {
    settings: ['replace'],
    run: ({ tokens }, given) => {
      for (const [token, text] of pairs(given)) set(tokens, token, interpolated(tokens, text));
    },
  },
  'mutate convert': {
    settings: ['convert'],
    run: ({ tokens }, given) => {
      for (const [token, type] of pairs(given)) {
        const value = tokens.get(token);
        if (type !== 'string') throw new CbnError(`unknown type ${type}`);
        if (typeof value !== 'number') throw new CbnError(`${token} is no number`);
        tokens.set(token, String(value));
      }
    },
  },
  'mutate gsub': {
    settings: ['gsub'],
    run: ({ tokens }, given) => {
      const [token, pattern, replacement, ...rest] = texts(given);
      if (token === undefined || pattern === undefined || replacement === undefined || rest.length > 0)
        throw new CbnError('gsub has other than three texts');
      if (/[\\^$.*+?()[\]{}|]/.test(pattern)) throw new CbnError('gsub has a pattern');
      tokens.set(
        token,
        text(tokens, token).replaceAll(pattern, () => replacement),
      );
    },
  },
  'mutate merge': {
    settings: ['merge'],
    run: (state, given) => {
      const merged = [...pairs(given)];
      if (merged.length !== 1) throw new CbnError('merges of one operation give inconsistent results');
      for (const [target, source] of merged) merge(state, target, source);
    },
  },
  json: {
    settings: ['source'],
    run: ({ tokens, nulls }, source) => {
      for (const [name, value] of Object.entries(record(text(tokens, source)))) {
        if (value !== null) tokens.set(name, value);
        else if (nulls === 'text') tokens.set(name, 'null');
        else if (nulls === 'failing') tokens.set(name, null);
      }
    },
  },
  date: {
    settings: ['match', 'target'],
    run: ({ tokens }, match, target) => {
      const [token, format, ...rest] = texts(match);
      if (format !== 'ISO8601' || rest.length > 0) throw new UnknownError('date', String(format));
      const given = text(tokens, token);
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(given)) throw new CbnError(`no date: ${given}`);
      set(tokens, String(target), given.replace(/\.000Z$/, 'Z'));
    },
  },
  grok: {
    settings: ['match'],
    run: ({ tokens }, match) => {
      for (const [token, pattern] of pairs(match)) {
        const [, name] = /^\^%\{IP:([a-z_]+)\}\$$/.exec(pattern) ?? [];
        if (name === undefined || tokens.has(name)) throw new UnknownError('pattern', pattern);
        const value = text(tokens, token);
        if (isIP(value) === 0) throw new CbnError('no pattern matches');
        tokens.set(name, value);
      }
    },
  },
  drop: {
    settings: ['tag'],
    run: (state, tag) => {
      if (!dropTags.includes(String(tag))) throw new UnknownError('tag', String(tag));
      state.dropped = true;
    },
  },
};

/** A mistake of the kit that `on_error` must not hide. */
export class UnknownError extends Error {
  override readonly name = 'UnknownError';

  constructor(kind: string, value: string) {
    super(`unknown ${kind}: ${value}`);
  }
}

function pairs(setting: Setting | undefined): ReadonlyMap<string, string> {
  if (!(setting instanceof Map)) throw new CbnError('expected pairs');
  return setting;
}

function texts(setting: Setting | undefined): readonly string[] {
  if (!Array.isArray(setting)) throw new CbnError('expected a list');
  return setting;
}

function text(tokens: State['tokens'], token: unknown): string {
  const value = typeof token === 'string' ? tokens.get(token) : undefined;
  if (typeof value !== 'string') throw new CbnError(`${token} is no text`);
  return value;
}

function record(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Told below: text that is no JSON is as wrong as JSON that is no object.
  }
  throw new CbnError('the source is no object in JSON');
}

function interpolated(tokens: State['tokens'], given: string): string {
  return given.replaceAll(/%\{([^}]*)\}/g, (_, token: string) => text(tokens, token));
}

function set(tokens: State['tokens'], token: string, value: string): void {
  const field = fieldOf(token);
  if (field !== undefined && field.kind !== 'text' && field.kind !== 'time')
    throw new UnknownError('text field', token);
  if (field?.kind === 'text' && field.values?.includes(value) === false) throw new UnknownError(token, value);
  if (field === undefined && !/^[A-Za-z]\w*$/.test(token)) throw new UnknownError('token', token);
  tokens.set(token, value);
}

function fieldOf(token: string) {
  if (token.startsWith(udm)) return udmFields.get(token.slice(udm.length)) ?? unknownField(token);
  return token.startsWith('security_result.') ? udmFields.get(token) : undefined;
}

function unknownField(token: string): never {
  throw new UnknownError('field', token);
}

function merge({ tokens, output }: State, target: string, source: string): void {
  if (target === '@output') {
    if (source !== 'event') throw new UnknownError('output', source);
    output.push(message(tokens, udm));
    return;
  }
  const field = fieldOf(target);
  if (field?.kind === 'messages') {
    tokens.set(target, [message(tokens, `${source}.`)]);
    return;
  }
  if (field?.kind !== 'texts') throw new UnknownError('repeated field', target);
  const value = text(tokens, source);
  if (field.values?.includes(value) === false) throw new UnknownError(target, value);
  tokens.set(target, [...((tokens.get(target) as string[] | undefined) ?? []), value]);
}

/** The message of the tokens whose names begin with the prefix. */
function message(tokens: State['tokens'], prefix: string): UdmEvent {
  const event: UdmEvent = {};
  for (const [token, value] of tokens) {
    if (token.startsWith(prefix)) setField(event, token.slice(prefix.length), value as string | string[]);
  }
  if (Object.keys(event).length === 0) throw new CbnError(`nothing begins with ${prefix}`);
  return event;
}
