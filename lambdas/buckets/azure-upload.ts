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
 * A body of up to one block is uploaded with one Put Blob. A larger body is staged as blocks, and
 * the blob exists once Put Block List names them. Blocks that no list names are invisible, and
 * Azure deletes them after a week. The SDK's `uploadStream` is not used, because it continues
 * staging after an abort and cannot store the checksum of the whole blob.
 */
export async function uploadToAzure({
  blob,
  object,
  watch,
  buffers,
  where,
  pauseMs,
}: AzureUpload): Promise<Answer> {
  // The first failure ends the whole upload.
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
      signal.throwIfAborted();
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
    // Closes the body. Not awaited, because a body may hang. A failure to close it does not matter for the upload.
    blocks.return().catch(() => undefined);
  }
}

/**
 * The ids of one attempt's blocks. They differ from those of any other attempt, which may upload
 * the same key at the same time. All have the same length: Azure demands that of all uncommitted
 * blocks of a blob, also of earlier attempts.
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

/** The checksum that Azure verifies on arrival and stores for readers. MD5 is not used for security here. */
function md5(bytes: Uint8Array): Buffer {
  return createHash('md5').update(bytes).digest();
}
