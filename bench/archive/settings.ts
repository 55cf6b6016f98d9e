/** The input of every variant of the archive benchmark. */
export interface ArchiveSettings {
  readonly rows: number;
  readonly level: number;
}

export interface ArchiveOutcome {
  readonly zipBytes: number;
  /** Of the zip's content; absent if the variant makes only a deflate stream. */
  readonly sha256?: string;
}

/** Packs bytes into a zip with one file, `audit.json`. */
export type Zipper = (lines: readonly Buffer[], level: number) => Promise<readonly Uint8Array[]>;
