import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { Sabotage } from './sabotage.ts';

const lambdas = new URL('../../../lambdas/', import.meta.url);

/** Loads the sabotaged files as they would be with the fault in them; whatever is imported from now on is affected. */
export function applySabotage(sabotage: Sabotage): void {
  const sources = sabotagedSources(sabotage);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const source = sources.get(url);
      return source === undefined ? loaded : { ...loaded, source };
    },
  });
}

/**
 * The sources with the fault in them, by their URLs.
 * @throws Error unless every text to be replaced occurs exactly once
 */
export function sabotagedSources({ name, edits }: Sabotage): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const { file, text, replacement } of edits) {
    const url = new URL(file, lambdas);
    const source = sources.get(url.href) ?? readFileSync(url, 'utf8');
    const occurrences = source.split(text).length - 1;
    if (occurrences !== 1)
      throw new Error(`${name}: ${file} holds ${occurrences} times instead of once: ${text}`);
    sources.set(
      url.href,
      source.replace(text, () => replacement),
    );
  }
  return sources;
}
