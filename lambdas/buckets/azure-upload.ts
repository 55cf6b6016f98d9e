import { createHash, randomUUID } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import { type AzureContainerName, azureFailure, isBlobThere } from './azure-failure.ts';
import type { WatchedCreation } from './azure-transport.ts';
import type { Creation, NewObject } from './bucket.ts';
import { orAborted } from './or-aborted.ts';
import { inPieces, nextPiece, type PieceBuffers } from './pieces.ts';

const blocksInFlight = 2;

interface AzureUpload {
  readonly blob: BlockBlobClient;
  readonly object: NewObject;
  readonly signal: AbortSignal;
  readonly buffers: PieceBuffers;
  readonly where: AzureContainerName;
  readonly watched: WatchedCreation;
}

/** Thrown within an upload that ends early because a blob has the key. */
const blobIsThere = Symbol('a blob has the key');

/**
 * Creates the blob or leaves nothing visible, as `Bucket.create` promises.
 *
 * A body of up to one block is one Put Blob. A larger one is staged as blocks, and exists from the Put Block List
 * on that names them; blocks that no list names are invisible, and Azure discards them after a week. The SDK's own
 * `uploadStream` is not used: it stages on after an abort, and it cannot store the checksum of the whole.
 */
export async function uploadToAzure({
  blob,
  object,
  signal,
  buffers,
  where,
  watched,
}: AzureUpload): Promise<Creation> {
  // Whatever fails first ends all the rest of the upload, and is what the upload rejects with.
  const failure = new AbortController();
  const ended = AbortSignal.any([signal, failure.signal]);
  const staging = new Set<Promise<void>>();
  const blocks = inPieces(object.body, buffers, ended);
  const next = () => orAborted(nextPiece(blocks), ended);

  const send = async (request: () => Promise<unknown>) => {
    try {
      await request();
    } catch (thrown) {
      ended.throwIfAborted();
      throw isBlobThere(thrown) ? blobIsThere : azureFailure(thrown, where, watched);
    }
  };
  const creating = (wholeMd5: Buffer) => ({
    abortSignal: ended,
    conditions: { ifNoneMatch: '*' },
    blobHTTPHeaders: { blobContentType: object.contentType, blobContentMD5: wholeMd5 },
    metadata: { ...object.metadata },
  });
  const stage = (id: string, block: Buffer) => {
    const transactionalContentMD5 = md5(block);
    const staged = send(() =>
      blob.stageBlock(id, block, block.length, { abortSignal: ended, transactionalContentMD5 }),
    )
      .then(
        () => buffers.giveBack(block),
        error => failure.abort(error),
      )
      .finally(() => staging.delete(staged));
    staging.add(staged);
  };

  try {
    let block = await next();
    if (block.last) {
      const { content } = block;
      const transactionalContentMD5 = md5(content);
      const options = { ...creating(transactionalContentMD5), transactionalContentMD5 };
      await send(() => blob.upload(content, content.length, options));
      return 'created';
    }
    const ids = createBlockIds();
    const wholeMd5 = createHash('md5');
    for (; ; block = await next()) {
      wholeMd5.update(block.content);
      if (staging.size >= blocksInFlight) await Promise.race(staging);
      ended.throwIfAborted();
      stage(ids.next(), block.content);
      if (block.last) break;
    }
    await Promise.all(staging);
    ended.throwIfAborted();
    await send(() => blob.commitBlockList(ids.all, creating(wholeMd5.digest())));
    return 'created';
  } catch (thrown) {
    failure.abort(thrown);
    await Promise.all(staging);
    signal.throwIfAborted();
    if (thrown === blobIsThere) return watched.unclear ? 'exists-perhaps-ours' : 'exists';
    throw thrown;
  } finally {
    // Not awaited, as a body may hang; a failure to close it says nothing about the upload.
    blocks.return().catch(() => undefined);
  }
}

/**
 * Ids of one attempt's blocks: never those of another one, which may upload the same key at this moment, and all of
 * one length, which Azure demands of the uncommitted blocks of a blob, those of earlier attempts included.
 */
function createBlockIds(): { next(): string; readonly all: string[] } {
  const attempt = randomUUID();
  const all: string[] = [];
  return {
    all,
    next() {
      const id = Buffer.from(`${attempt}-${String(all.length).padStart(5, '0')}`).toString('base64');
      all.push(id);
      return id;
    },
  };
}

/** What Azure compares with what arrived, and stores for readers to compare. Not for secrecy. */
function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
