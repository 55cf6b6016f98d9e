/** The input of every variant of the read benchmark. */
export interface ReadSettings {
  readonly dynamodbEndpoint: string;
  readonly accountId: string;
  readonly rows: number;
}

export interface ReadOutcome {
  readonly bytes: number;
  readonly crc32: number;
}
