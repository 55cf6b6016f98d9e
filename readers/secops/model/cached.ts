/** A function of texts that runs once for each of them: most changes of a kit leave most of its files as they are. */
export function cached<Texts extends readonly string[], Result>(
  compute: (...texts: Texts) => Result,
): (...texts: Texts) => Result {
  const results = new Map<string, Result>();
  return (...texts) => {
    const key = texts.join('\0');
    let result = results.get(key);
    if (result === undefined) {
      result = compute(...texts);
      results.set(key, result);
    }
    return result;
  };
}
