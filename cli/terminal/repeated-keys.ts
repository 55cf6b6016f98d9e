/** A JSON string or structural character; other tokens do not matter here. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * Keys that occur more than once in an object of a valid JSON text, as paths (`destination.bucket`). `JSON.parse`
 * keeps the last value silently.
 */
export function repeatedKeys(json: string): string[] {
  const repeated = new Set<string>();
  /** The enclosing objects and arrays, outermost first. */
  const around: { readonly keys: Set<string> | undefined; key: string | undefined }[] = [];
  let text: string | undefined;
  for (const [found] of json.matchAll(token)) {
    const inner = around.at(-1);
    if (found === '{') around.push({ keys: new Set(), key: undefined });
    else if (found === '[') around.push({ keys: undefined, key: undefined });
    else if (found === '}' || found === ']') around.pop();
    else if (found === ':' && inner?.keys && text !== undefined) {
      inner.key = JSON.parse(text) as string;
      if (inner.keys.has(inner.key)) repeated.add(around.flatMap(({ key }) => key ?? []).join('.'));
      inner.keys.add(inner.key);
    }
    text = found.startsWith('"') ? found : undefined;
  }
  return [...repeated];
}
