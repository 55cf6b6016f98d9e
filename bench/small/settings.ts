/** What every variant of the benchmark of small exports is told. */
export interface SmallSettings {
  /** The exporter as it is deployed. */
  readonly exporterBundle: string;
  /** Whom to tell that the warm-up is over: from then on calls count. */
  readonly measuringUrl: string;
  /** Messages of the export queue: exports that warm the process up, then those that are measured. */
  readonly warmUp: readonly string[];
  readonly measured: readonly string[];
}
