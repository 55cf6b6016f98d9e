/** One cold start. */
export interface ColdSettings {
  /** Has `index.mjs`. */
  readonly bundle: string;
  /** What the function is invoked with. */
  readonly event: object;
  /** The file that the function imports on demand for the account's cloud, if any. */
  readonly driver: string | undefined;
}

export interface ColdOutcome {
  /** Until the handler can be called. */
  readonly importMs: number;
  /** Until the driver of the account's cloud is there, too; with nothing of the import's time in it. */
  readonly driverMs: number;
  /** The processor time of both, which other work on the machine distorts least. */
  readonly loadCpuMs: number;
  /** The first call of the handler. */
  readonly invocationMs: number;
}
