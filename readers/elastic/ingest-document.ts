/** A map of a document. */
export type Fields = { [name: string]: unknown };

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A document in a pipeline. Paths have dots, as in the settings of processors. */
export class IngestDocument {
  readonly ctx: Fields;

  constructor(ctx: Fields) {
    this.ctx = ctx;
  }

  has(path: string): boolean {
    const { parent, last } = this.#find(path);
    return isFields(parent) && Object.hasOwn(parent, last);
  }

  /** @throws Error if the field is missing */
  get(path: string): unknown {
    const { parent, last } = this.#find(path);
    if (!isFields(parent) || !Object.hasOwn(parent, last)) throw new Error(`field [${path}] not present`);
    return parent[last];
  }

  /** @throws Error if a part of the path has a value that is no map */
  set(path: string, value: unknown): void {
    const parts = path.split('.');
    const last = parts.pop() ?? path;
    let fields = this.ctx;
    for (const part of parts) {
      fields[part] ??= {};
      const next = fields[part];
      if (!isFields(next)) throw new Error(`cannot set [${path}]: [${part}] is no object`);
      fields = next;
    }
    fields[last] = value;
  }

  /** @throws Error if the field is missing */
  remove(path: string): void {
    const { parent, last } = this.#find(path);
    if (!isFields(parent) || !Object.hasOwn(parent, last)) throw new Error(`field [${path}] not present`);
    delete parent[last];
  }

  #find(path: string): { parent: unknown; last: string } {
    const parts = path.split('.');
    const last = parts.pop() ?? path;
    let parent: unknown = this.ctx;
    for (const part of parts) parent = isFields(parent) ? parent[part] : undefined;
    return { parent, last };
  }
}

/** A text with references such as `{{{user.email}}}`. A field that is missing gives nothing. */
export function rendered(template: string, document: IngestDocument, metadata: Fields): string {
  return template.replaceAll(reference, (_, path: string) => {
    const source = path.startsWith('_ingest.') ? new IngestDocument({ _ingest: metadata }) : document;
    return source.has(path) ? String(source.get(path) ?? '') : '';
  });
}

export const reference = /\{\{\{([\w.@]+)\}\}\}/g;
