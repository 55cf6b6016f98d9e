import { randomBytes } from 'node:crypto';
import type { ObjectAttributes, StoredObject } from './gcs-objects.ts';
import { GcsRefusal } from './gcs-refusal.ts';

/** Creates the object when the last byte has arrived. */
export interface SessionTarget {
  readonly bucket: string;
  create(body: Buffer, checksums: Pick<ObjectAttributes, 'crc32c' | 'md5Hash'>): StoredObject;
}

/** One PUT request of a session. */
export interface SessionChunk {
  /** The header `Content-Range`, `bytes 0-99/100`; a star means an unknown total, or no bytes. */
  readonly contentRange: string | undefined;
  readonly content: Buffer;
  /** False if the connection broke before the end of the content. */
  readonly whole: boolean;
  readonly checksums: Pick<ObjectAttributes, 'crc32c' | 'md5Hash'>;
}

export type SessionState = { readonly persisted: number } | { readonly completed: StoredObject };

interface Session {
  readonly target: SessionTarget;
  received: Buffer[];
  persisted: number;
  end: 'open' | 'cancelled' | StoredObject;
}

/** Google stores multiples of this size, and accepts other sizes only for the last chunk. */
const granule = 256 * 1024;

/** The resumable uploads of a server. */
export class GcsSessions {
  readonly #sessions = new Map<string, Session>();

  begin(target: SessionTarget): string {
    const id = randomBytes(24).toString('base64url');
    this.#sessions.set(id, { target, received: [], persisted: 0, end: 'open' });
    return id;
  }

  /** Sessions neither completed nor cancelled. */
  get unfinished(): number {
    return [...this.#sessions.values()].filter(session => session.end === 'open').length;
  }

  bucketOf(id: string): string {
    return this.#session(id).target.bucket;
  }

  cancel(id: string): void {
    const session = this.#session(id);
    if (session.end === 'open') this.#close(session, 'cancelled');
  }

  /** Stores a chunk and returns the state; a chunk without a range only returns the state. */
  put(id: string, chunk: SessionChunk): SessionState {
    const session = this.#session(id);
    if (session.end === 'cancelled') throw new GcsRefusal(499, 'cancelled', 'The upload was cancelled.');
    if (session.end !== 'open') return { completed: session.end };

    const range = parseContentRange(chunk.contentRange, session.persisted, chunk.content.length);
    if (range.start > session.persisted)
      throw new GcsRefusal(400, 'badRequest', `Expected the bytes from ${session.persisted}.`);
    const expected = range.end - range.start;
    if (chunk.whole && chunk.content.length !== expected)
      throw new GcsRefusal(400, 'badRequest', `Expected ${expected} bytes, got ${chunk.content.length}.`);
    const last = range.total === range.end;
    if (!last && expected % granule !== 0)
      throw new GcsRefusal(400, 'badRequest', `Expected a multiple of ${granule} bytes.`);

    const end = range.start + chunk.content.length;
    this.#append(session, chunk.content, range.start, last && chunk.whole ? end : end - (end % granule));
    if (!chunk.whole || session.persisted !== range.total) return { persisted: session.persisted };
    return { completed: this.#complete(session, chunk.checksums) };
  }

  #append(session: Session, content: Buffer, start: number, end: number): void {
    if (end <= session.persisted) return;
    session.received.push(content.subarray(session.persisted - start, end - start));
    session.persisted = end;
  }

  #complete(session: Session, checksums: SessionChunk['checksums']): StoredObject {
    const body = Buffer.concat(session.received);
    try {
      const created = session.target.create(body, checksums);
      this.#close(session, created);
      return created;
    } catch (refusal) {
      this.#close(session, 'cancelled');
      throw refusal;
    }
  }

  #close(session: Session, end: Session['end']): void {
    session.end = end;
    session.received = [];
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new GcsRefusal(404, 'notFound', 'No such upload session.');
    return session;
  }
}

interface ContentRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly total: number | undefined;
}

function parseContentRange(header: string | undefined, persisted: number, length: number): ContentRange {
  if (header === undefined) return { start: persisted, end: persisted + length, total: persisted + length };
  const [matched, first, last, total] = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header) ?? [];
  if (matched === undefined)
    throw new GcsRefusal(400, 'badRequest', `Failed to parse Content-Range: ${header}`);
  return {
    start: first === undefined ? persisted : Number(first),
    end: last === undefined ? persisted : Number(last) + 1,
    total: total === '*' ? undefined : Number(total),
  };
}
