/** The input of every variant of the export benchmark. */
export interface ExportSettings {
  readonly dynamodbEndpoint: string;
  readonly s3Endpoint: string;
  readonly accountId: string;
  readonly rows: number;
  readonly bucket: string;
  /** The file of the exporter, bundled as for a deployment. */
  readonly exporterBundle: string;
  /** The compression level of our exporter. */
  readonly level: number;
  /** The rivals' compression level: zlib's default. */
  readonly rivalLevel: number;
}
