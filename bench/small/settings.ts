/** The input of every variant of the benchmark of small exports. */
export interface SmallSettings {
  /** The file of the exporter, bundled as for a deployment. */
  readonly exporterBundle: string;
  /** The variant requests this URL after the warm-up; it resets the counts of calls. */
  readonly measuringUrl: string;
  /** Messages of the export queue for the exports before the measurement. */
  readonly warmUp: readonly string[];
  /** Messages of the export queue for the measured exports. */
  readonly measured: readonly string[];
}
