/** What every variant of the archive benchmark is told. */
export interface ArchiveSettings {
  readonly rows: number;
  readonly level: number;
}

export interface ArchiveOutcome {
  readonly zipBytes: number;
  /** Of the zip's content; absent where there is only a deflate stream. */
  readonly sha256?: string;
}

/** Bytes to a zip with one file, `audit.json`. */
export type Zipper = (lines: readonly Buffer[], level: number) => Promise<readonly Uint8Array[]>;
