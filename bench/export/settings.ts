/** What every variant of the export benchmark is told. */
export interface ExportSettings {
  readonly dynamodbEndpoint: string;
  readonly s3Endpoint: string;
  readonly accountId: string;
  readonly rows: number;
  readonly bucket: string;
  /** The exporter as it is deployed. */
  readonly exporterBundle: string;
  /** The compression level that the exporter uses. */
  readonly level: number;
  /** The rivals' level, zlib's default. */
  readonly rivalLevel: number;
}
