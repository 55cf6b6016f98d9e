import { type Crc32c, createCrc32c } from './gcs-checksum.ts';
import { controlTimeoutMs, type GcsAnswer, type GcsConnection } from './gcs-connection.ts';
import { checksumDiffers, GcsTrouble } from './gcs-failure.ts';
import { pause, type RetryTuning, retrying } from './gcs-retry.ts';
import type { Piece } from './pieces.ts';

/** For a request that carries a chunk. */
export const contentTimeoutMs = 120_000;
/** Short, because time may be what has run out. */
const cancelTimeoutMs = 5_000;
const completed = [200, 201];
const incomplete = 308;

/**
 * The session of one resumable upload.
 *
 * The session's own protocol is spoken here rather than left to the library's upload stream, which gives up where the
 * protocol has an answer: when the reply to the last chunk is lost, asking the session tells whether the object was
 * created; and its number of retries is for a whole upload, however long, not for each chunk.
 */
export interface UploadSession {
  /**
   * Stores a chunk; resolves when Google has all of it, and the last one when the object is created.
   * @throws GcsTrouble; the signal's reason
   */
  put(chunk: Piece, signal: AbortSignal): Promise<void>;
  /** True if the request that creates the object was repeated after an unclear answer. */
  readonly repeated: boolean;
  /** Ends the upload as if it had never begun, if Google can be reached. */
  cancel(): Promise<void>;
}

export function resumeSession(connection: GcsConnection, uri: string, tuning: RetryTuning): UploadSession {
  const checksum = createCrc32c();
  let stored = 0;
  let repeated = false;

  return {
    get repeated() {
      return repeated;
    },

    async put(chunk, signal) {
      checksum.update(chunk.content);
      const end = stored + chunk.content.length;
      for (let fruitless = 0; ; ) {
        const answer = await putFrom(chunk, stored, end, fruitless, signal);
        if (completed.includes(answer.status)) return checkCompletion(answer, chunk);
        const persisted = persistedIn(answer);
        // Google keeps what it said it has; a session that does not is a session lost.
        if (persisted < stored || persisted > end) throw new GcsTrouble('session', { status: 410 });
        fruitless = persisted > stored ? 0 : fruitless + 1;
        chunk = { content: chunk.content.subarray(persisted - stored), last: chunk.last };
        stored = persisted;
        if (stored === end && !chunk.last) return;
        if (fruitless >= tuning.attempts)
          throw new GcsTrouble('session', { status: 503, reason: 'no_progress' });
      }
    },

    async cancel() {
      try {
        await retrying(
          () =>
            connection.send(
              { ...request('DELETE', {}), timeoutMs: cancelTimeoutMs },
              [499, 200, 204, 404, 410],
              undefined,
            ),
          { ...tuning, attempts: Math.min(2, tuning.attempts) },
          undefined,
        );
      } catch (error) {
        // What ended the upload is what the caller has to know; Google drops an idle session, unseen, after a week.
        if (!(error instanceof GcsTrouble)) throw error;
      }
    },
  };

  /** Puts the content, or, after trouble that may pass, asks how much of it has come through. */
  async function putFrom(
    { content, last }: Piece,
    start: number,
    end: number,
    fruitless: number,
    signal: AbortSignal,
  ): Promise<GcsAnswer> {
    const total = last ? end : '*';
    const range = start === end ? `bytes */${total}` : `bytes ${start}-${end - 1}/${total}`;
    const headers = { 'content-range': range, ...(last && { 'x-goog-hash': `crc32c=${checksum}` }) };
    try {
      return await connection.send(request('PUT', headers, content), [...completed, incomplete], signal);
    } catch (error) {
      if (!(error instanceof GcsTrouble) || !error.passing) throw error;
      if (last && error.unclear) repeated = true;
    }
    await pause(fruitless + 1, tuning, signal);
    const ask = request('PUT', { 'content-range': 'bytes */*' });
    return retrying(() => connection.send(ask, [...completed, incomplete], signal), tuning, signal);
  }

  function request(method: 'PUT' | 'DELETE', headers: Record<string, string>, body: Buffer = Buffer.of()) {
    const timeoutMs = body.length === 0 ? controlTimeoutMs : contentTimeoutMs;
    return { method, url: uri, headers, body, stage: 'session', timeoutMs } as const;
  }

  function checkCompletion({ data }: GcsAnswer, { last }: Piece): void {
    if (!last) throw new GcsTrouble('session', { status: 400, reason: 'completed_early' });
    checkStored(data, checksum);
  }
}

/** @throws GcsTrouble if Google has stored other bytes than were sent */
export function checkStored(resource: unknown, checksum: Crc32c): void {
  const stored: unknown =
    typeof resource === 'object' && resource !== null ? Reflect.get(resource, 'crc32c') : undefined;
  if (stored !== undefined && stored !== checksum.toString())
    throw new GcsTrouble('session', { status: 400, reason: checksumDiffers });
}

/** How many bytes the session has, by its header `Range: bytes=0-<last>`; none without the header. */
function persistedIn({ headers }: GcsAnswer): number {
  const [, last] = /^bytes=0-(\d+)$/.exec(headers.get('range') ?? '') ?? [];
  return last === undefined ? 0 : Number(last) + 1;
}
