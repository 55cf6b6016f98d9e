import { createArchive } from '../archive/archive.ts';
import { entryName } from '../domain/object-key.ts';
import { cutPart, type EncodeRows, plainLines } from './cut-part.ts';
import { fileNameOf, type PartDelivery } from './part-delivery.ts';
import type { ExporterPorts } from './ports.ts';

/** A part as an archive, packed while its body is read. */
export type PackedPart = ReturnType<typeof packPart>;

/** Reads a part's rows and packs them into an archive. The same intent and rows give the same bytes. */
export function packPart(delivery: PartDelivery, signal: AbortSignal) {
  const { account, intent, ports } = delivery;
  const { window, after, recipe } = intent;
  const { format, compression, partBytes, level } = recipe;
  const pages = ports.auditLog.pages(account.accountId, window, after, signal);
  const rows = cutPart(pages, partBytes, format === 'ocsf' ? ocsfLines(delivery) : plainLines);
  const archive = createArchive({
    lines: rows.lines,
    format,
    compression,
    entryName: entryName(fileNameOf(delivery)),
    modifiedAt: window.end,
    level,
    deflateBlock: ports.deflateBlock,
  });
  let isReadToEnd = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    yield* archive.body;
    isReadToEnd = true;
  }
  return {
    body: body(),
    isEmpty: rows.isEmpty,
    /** The figures of the file; `undefined` until its body is read to the end. */
    figures: () => (isReadToEnd ? { ...rows.content(), archive: archive.figures() } : undefined),
  };
}

function ocsfLines({ account, ports }: PartDelivery): EncodeRows {
  let encoder: ReturnType<ExporterPorts['ocsfEncoder']> | undefined;
  return async (page, to) => {
    encoder ??= ports.ocsfEncoder(account.accountId);
    return (await encoder).encode(page, 0, to);
  };
}
