/** The input of every variant of the dispatch benchmark. */
export interface DispatchSettings {
  readonly dynamodbEndpoint: string;
  readonly queueUrl: string;
  /** The file of the dispatcher, bundled as for a deployment. */
  readonly dispatcherBundle: string;
}

/** How many batches the rival and the limit send at once: as many as our dispatcher. */
export const batchesInFlight = 50;
