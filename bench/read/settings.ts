/** What every variant of the reading benchmark is told. */
export interface ReadSettings {
  readonly dynamodbEndpoint: string;
  readonly accountId: string;
  readonly rows: number;
}

export interface ReadOutcome {
  readonly bytes: number;
  readonly crc32: number;
}
