/** A string of JSON, or one of the characters that make its structure; all else says nothing about keys. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * The keys that a map of a valid JSON text has more than once, as paths (`destination.bucket`). A parser keeps the last value
 * without a word.
 */
export function repeatedKeys(json: string): string[] {
  const repeated = new Set<string>();
  /** The maps and lists around a place, outermost first. */
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
