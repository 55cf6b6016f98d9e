export interface Stanza {
  readonly name: string;
  /** A line before the stanza, for whoever maintains it. */
  readonly comment?: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** The text of a `.conf` file. Such files have no escapes: a value is the rest of its line. */
export function confText(stanzas: readonly Stanza[]): string {
  return stanzas
    .map(({ name, comment, settings }) =>
      [
        ...(comment === undefined ? [] : [`# ${comment}`]),
        `[${name}]`,
        ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`),
        '',
      ].join('\n'),
    )
    .join('\n');
}
