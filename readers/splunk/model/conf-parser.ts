/** The settings of a `.conf` file: for each stanza its keys and values. */
export type Conf = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads a `.conf` file. @throws SyntaxError for a line that is none of stanza, setting and comment */
export function parseConf(text: string): Conf {
  const stanzas = new Map<string, Map<string, string>>();
  let settings: Map<string, string> | undefined;
  // A backslash at the end of a line continues it.
  for (const line of text.replaceAll('\\\n', '').split('\n')) {
    if (/^\s*(#|$)/.test(line)) continue;
    const stanza = /^\[(.*)\]$/.exec(line)?.[1];
    if (stanza !== undefined) {
      settings = new Map();
      stanzas.set(stanza, settings);
      continue;
    }
    const [, key, value] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (settings === undefined || key === undefined || value === undefined) {
      throw new SyntaxError(`Not a setting of a stanza: ${line}`);
    }
    settings.set(key, value);
  }
  return stanzas;
}

/** @throws TypeError if the conf has no such setting */
export function setting(conf: Conf, stanza: string, key: string): string {
  const value = conf.get(stanza)?.get(key);
  if (value === undefined) throw new TypeError(`[${stanza}] has no ${key}`);
  return value;
}
