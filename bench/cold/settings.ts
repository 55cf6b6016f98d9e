/** One cold start. */
export interface ColdSettings {
  /** The folder with the bundle's `index.mjs`. */
  readonly bundle: string;
  /** The event that the function is invoked with. */
  readonly event: object;
  /** The file that the function imports on demand for the account's cloud; `undefined` if there is none. */
  readonly driver: string | undefined;
}

export interface ColdOutcome {
  /** From the start of the import until the handler can be called. */
  readonly importMs: number;
  /** The time to load the driver of the account's cloud, counted from the end of the import. */
  readonly driverMs: number;
  /** The processor time of import and driver: the figure that other work on the machine distorts least. */
  readonly loadCpuMs: number;
  /** The duration of the handler's first call. */
  readonly invocationMs: number;
}
