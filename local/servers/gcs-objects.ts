import { createHash } from 'node:crypto';
import { CRC32C } from '@google-cloud/storage';
import { GcsRefusal } from './gcs-refusal.ts';

/** Attributes that a client may set, named as in the JSON API. */
export interface ObjectAttributes {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Checksums that the client declares, base64; an upload with different bytes is refused. */
  readonly crc32c?: string | undefined;
  readonly md5Hash?: string | undefined;
}

export interface StoredObject {
  readonly name: string;
  readonly body: Buffer;
  readonly generation: number;
  readonly timeCreated: string;
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly crc32c: string;
  readonly md5Hash: string;
}

/**
 * The objects of one bucket. Every change is synchronous, so that of two concurrent conditional requests only one
 * succeeds.
 */
export class GcsObjects {
  readonly #objects = new Map<string, StoredObject>();
  #generation = Date.now() * 1000;

  get(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  /** Sorted by the UTF-8 bytes of their names, as Google lists them. */
  list(prefix = ''): StoredObject[] {
    return [...this.#objects.values()]
      .filter(({ name }) => name.startsWith(prefix))
      .sort((one, other) => Buffer.compare(Buffer.from(one.name), Buffer.from(other.name)));
  }

  /** @param ifGenerationMatch the generation the object must have, 0 if it must not exist */
  checkGeneration(name: string, ifGenerationMatch: number | undefined): void {
    if (ifGenerationMatch !== undefined && (this.get(name)?.generation ?? 0) !== ifGenerationMatch)
      throw new GcsRefusal(
        412,
        'conditionNotMet',
        'At least one of the pre-conditions you specified did not hold.',
        'If-Match',
      );
  }

  create(
    name: string,
    body: Buffer,
    attributes: ObjectAttributes,
    ifGenerationMatch: number | undefined,
  ): StoredObject {
    this.checkGeneration(name, ifGenerationMatch);
    const checksums = checksumsOf(body);
    for (const kind of ['crc32c', 'md5Hash'] as const)
      if (attributes[kind] !== undefined && attributes[kind] !== checksums[kind])
        throw new GcsRefusal(
          400,
          'invalid',
          `Provided ${kind} "${attributes[kind]}" doesn't match calculated ${kind} "${checksums[kind]}".`,
        );
    this.#generation += 1;
    const stored: StoredObject = {
      name,
      body,
      generation: this.#generation,
      timeCreated: new Date().toISOString(),
      contentType: attributes.contentType ?? 'application/octet-stream',
      contentEncoding: attributes.contentEncoding,
      metadata: attributes.metadata ?? {},
      ...checksums,
    };
    this.#objects.set(name, stored);
    return stored;
  }

  delete(name: string, ifGenerationMatch: number | undefined): void {
    this.checkGeneration(name, ifGenerationMatch);
    if (!this.#objects.delete(name)) throw noSuchObject(name);
  }
}

/** The precondition of a request, if any. */
export function generationIn(query: URLSearchParams): number | undefined {
  const generation = query.get('ifGenerationMatch');
  if (generation === null) return undefined;
  if (/^\d+$/.test(generation)) return Number(generation);
  throw new GcsRefusal(400, 'invalidParameter', 'Invalid value for ifGenerationMatch.');
}

export function noSuchObject(name: string): GcsRefusal {
  return new GcsRefusal(404, 'notFound', `No such object: ${name}`);
}

/** The object as the JSON API shows it. */
export function resourceOf(bucket: string, stored: StoredObject): Record<string, unknown> {
  return {
    kind: 'storage#object',
    id: `${bucket}/${stored.name}/${stored.generation}`,
    name: stored.name,
    bucket,
    generation: String(stored.generation),
    metageneration: '1',
    contentType: stored.contentType,
    contentEncoding: stored.contentEncoding,
    storageClass: 'STANDARD',
    size: String(stored.body.length),
    md5Hash: stored.md5Hash,
    crc32c: stored.crc32c,
    etag: Buffer.from(String(stored.generation)).toString('base64'),
    timeCreated: stored.timeCreated,
    updated: stored.timeCreated,
    metadata: stored.metadata,
  };
}

function checksumsOf(body: Buffer): { crc32c: string; md5Hash: string } {
  const crc32c = new CRC32C();
  crc32c.update(body);
  return { crc32c: crc32c.toString(), md5Hash: createHash('md5').update(body).digest('base64') };
}
