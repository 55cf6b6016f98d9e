import { type Answer, composed } from './bucket.ts';
import { answerTo, creationIn } from './gcs-answer.ts';
import { createCrc32c } from './gcs-checksum.ts';
import type { GcsAnswer, GcsConnection, Target } from './gcs-connection.ts';
import { GcsTrouble, isPassing, type Purpose } from './gcs-trouble.ts';
import { mostTries, pauseAfter, withTries } from './tries.ts';

/** Short, because the upload may have failed for lack of time. */
const cancelTimeoutMs = 5_000;
const completed = [200, 201];
const incomplete = 308;
const storing: Purpose = { stage: 'session', creates: false };
const creating: Purpose = { stage: 'session', creates: true };

/**
 * The session of one resumable upload.
 *
 * This module implements the session's protocol, because the library's upload stream is not enough: when the answer to
 * the last chunk is lost, the stream gives up, although the session can tell whether the object was created. And it
 * limits the retries of a whole upload, not of each chunk.
 */
export interface UploadSession {
  /**
   * Stores a chunk that is not the last. Resolves when Google has stored all of it.
   * @throws GcsTrouble, or the signal's reason
   */
  put(content: Buffer, signal: AbortSignal): Promise<void>;
  /** Stores the last chunk, which creates the object. Never rejects. */
  finish(content: Buffer, signal: AbortSignal): Promise<Answer>;
  /** Deletes the upload, if Google can be reached. */
  cancel(): Promise<void>;
}

export interface SessionOptions {
  readonly connection: GcsConnection;
  /** The session's URL. */
  readonly url: string;
  readonly target: Target;
  /** The longest pause before a request is sent a second time, in milliseconds. */
  readonly pauseMs: number;
}

interface Chunk {
  /** The bytes that Google has not stored yet. */
  rest: Buffer;
  readonly last: boolean;
  /** How many requests in a row stored nothing. */
  fruitless: number;
  /** The failure of the last of these requests. */
  trouble: GcsTrouble;
}

/** How many bytes the session has stored, or the outcome if it has created the object. */
type State = { readonly persisted: number } | { readonly creation: Answer };

export function resumeSession({ connection, url, target, pauseMs }: SessionOptions): UploadSession {
  const checksum = createCrc32c();
  let stored = 0;
  let reachable = true;

  return {
    async put(content, signal) {
      const chunk = begin(content, false);
      while (chunk.rest.length > 0)
        // Google reports a complete object, but the last chunk was not sent: the object can only be a part of the body.
        if (await advance(chunk, signal))
          throw new GcsTrouble(creating, { status: 200, reason: 'completed_early' });
    },

    async finish(content, signal) {
      let before: Answer | undefined;
      const onTrouble = (trouble: GcsTrouble) => {
        before = composed(before, answerTo(trouble, target, signal));
      };
      try {
        for (const chunk = begin(content, true); ; ) {
          const creation = await advance(chunk, signal, onTrouble);
          if (creation) return creation;
        }
      } catch (error) {
        return composed(before, answerTo(error, target, signal));
      }
    },

    async cancel() {
      if (!reachable) return;
      const timeLimit = AbortSignal.timeout(cancelTimeoutMs);
      const request = { method: 'DELETE', url, purpose: storing } as const;
      const gone = [499, 200, 204, 404, 410];
      try {
        await withTries(() => connection.send(request, gone, timeLimit), isPassing, {
          pauseMs,
          signal: timeLimit,
        });
      } catch (error) {
        // The caller needs the error that ended the upload, not this one. Google deletes an idle session after a week.
        if (!(error instanceof GcsTrouble) && error !== timeLimit.reason) throw error;
      }
    },
  };

  function begin(content: Buffer, last: boolean): Chunk {
    checksum.update(content);
    const trouble = new GcsTrouble(storing, { status: 503, reason: 'no_progress' });
    return { rest: content, last, fruitless: 0, trouble };
  }

  /** Sends more of the chunk. Returns the outcome if the session is complete. */
  async function advance(
    chunk: Chunk,
    signal: AbortSignal,
    onTrouble?: (trouble: GcsTrouble) => void,
  ): Promise<Answer | undefined> {
    if (chunk.fruitless >= mostTries) throw chunk.trouble;
    const state = await putRest(chunk, signal, onTrouble);
    if ('creation' in state) return state.creation;
    const more = state.persisted - stored;
    // A session never loses bytes that it reported as stored. If it does, it counts as lost.
    if (more < 0 || more > chunk.rest.length) throw new GcsTrouble(storing, { status: 410 });
    chunk.fruitless = more > 0 ? 0 : chunk.fruitless + 1;
    chunk.rest = chunk.rest.subarray(more);
    stored = state.persisted;
    return undefined;
  }

  /** Sends the missing bytes. After a temporary failure, asks how many bytes the session has stored. */
  async function putRest(
    chunk: Chunk,
    signal: AbortSignal,
    onTrouble: ((trouble: GcsTrouble) => void) | undefined,
  ): Promise<State> {
    const { rest, last, fruitless } = chunk;
    const end = stored + rest.length;
    const total = last ? end : '*';
    const range = stored === end ? `bytes */${total}` : `bytes ${stored}-${end - 1}/${total}`;
    const headers = { 'content-range': range, ...(last && { 'x-goog-hash': `crc32c=${checksum}` }) };
    try {
      return await put(headers, rest, last ? creating : storing, signal);
    } catch (error) {
      if (!isPassing(error)) throw error;
      chunk.trouble = error;
      onTrouble?.(error);
    }
    const tries = { pauseMs, signal };
    await pauseAfter(fruitless + 1, tries);
    const ask = () => put({ 'content-range': 'bytes */*' }, Buffer.of(), storing, signal);
    return withTries(ask, isPassing, tries);
  }

  async function put(
    headers: Record<string, string>,
    data: Buffer,
    purpose: Purpose,
    signal: AbortSignal,
  ): Promise<State> {
    try {
      const request = { method: 'PUT', url, headers, data, purpose } as const;
      const answer = await connection.send(request, [...completed, incomplete], signal);
      if (answer.status === incomplete) return { persisted: persistedIn(answer) };
      return { creation: creationIn(answer, target, checksum, purpose) };
    } catch (error) {
      if (error instanceof GcsTrouble && error.silent) reachable = false;
      throw error;
    }
  }
}

/** How many bytes the session has stored, from its header `Range: bytes=0-<last>`; none without the header. */
function persistedIn({ headers }: GcsAnswer): number {
  const [, last] = /^bytes=0-(\d+)$/.exec(headers.get('range') ?? '') ?? [];
  return last === undefined ? 0 : Number(last) + 1;
}
