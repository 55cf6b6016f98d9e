import { createHash, randomUUID } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import type { UploadStep } from '../domain/cursor.ts';
import { toExportError } from '../domain/failure.ts';
import type { AzureContainerName } from './azure-failure.ts';
import { type AzureRequest, answerTo } from './azure-retry.ts';
import { type Answer, type NewObject, refused, type UploadWatch } from './bucket.ts';
import { orAborted } from './or-aborted.ts';
import { inPieces, nextPiece, type PieceBuffers } from './pieces.ts';

const blocksInFlight = 2;

interface AzureUpload {
  readonly blob: BlockBlobClient;
  readonly object: NewObject;
  readonly watch: UploadWatch;
  readonly buffers: PieceBuffers;
  readonly where: AzureContainerName;
  readonly pauseMs: number;
}

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
  watch,
  buffers,
  where,
  pauseMs,
}: AzureUpload): Promise<Answer> {
  // Whatever fails first ends all the rest of the upload.
  const end = new AbortController();
  const signal = AbortSignal.any([watch.signal, end.signal]);
  const blocks = inPieces(object.body, buffers, signal);
  const next = () => orAborted(nextPiece(blocks), signal);
  const send = (step: UploadStep, request: AzureRequest) =>
    answerTo(request, step, { where, pauseMs, signal });
  const creating = (wholeMd5: Buffer) => ({
    abortSignal: signal,
    conditions: { ifNoneMatch: '*' },
    blobHTTPHeaders: { blobContentType: object.contentType, blobContentMD5: wholeMd5 },
    metadata: { ...object.metadata },
  });
  const inFlight = new Set<Promise<void>>();
  const notStaged: Answer[] = [];
  const stage = (id: string, block: Buffer) => {
    const options = { abortSignal: signal, transactionalContentMD5: md5(block) };
    const staged = send('staging', async () => {
      await blob.stageBlock(id, block, block.length, options);
      return {};
    }).then(answer => {
      inFlight.delete(staged);
      if (answer.kind === 'created') return buffers.giveBack(block);
      notStaged.push(answer);
      end.abort();
    });
    inFlight.add(staged);
  };

  try {
    signal.throwIfAborted();
    let block = await next();
    if (block.last) {
      const { content } = block;
      const transactionalContentMD5 = md5(content);
      const options = { ...creating(transactionalContentMD5), transactionalContentMD5 };
      await watch.step('creating');
      return await send('creating', () => blob.upload(content, content.length, options));
    }
    await watch.step('staging');
    const ids = createBlockIds();
    const wholeMd5 = createHash('md5');
    for (; ; block = await next()) {
      wholeMd5.update(block.content);
      if (inFlight.size >= blocksInFlight) await Promise.race(inFlight);
      signal.throwIfAborted();
      stage(ids.next(), block.content);
      if (block.last) break;
    }
    await Promise.all(inFlight);
    signal.throwIfAborted();
    await watch.step('creating');
    const options = creating(wholeMd5.digest());
    return await send('creating', () => blob.commitBlockList(ids.all, options));
  } catch (thrown) {
    const reason = watch.signal.aborted ? watch.signal.reason : thrown;
    const answer = notStaged[0] ?? refused(toExportError(reason));
    end.abort();
    await Promise.all(inFlight);
    return answer;
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
