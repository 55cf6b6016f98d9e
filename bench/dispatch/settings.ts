/** What every variant of the dispatch benchmark is told. */
export interface DispatchSettings {
  readonly dynamodbEndpoint: string;
  readonly queueUrl: string;
  /** The dispatcher as it is deployed. */
  readonly dispatcherBundle: string;
}

/** How many batches the rival and the limit have under way, as many as ours. */
export const batchesInFlight = 50;
