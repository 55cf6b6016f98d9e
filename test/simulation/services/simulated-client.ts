/**
 * A client of a vendor’s SDK whose `send` is simulated. It has the SDK’s prototype, which the SDK’s paginators check,
 * and nothing else: no connection, credential or configuration.
 */
export function simulatedClient<Client extends object>(
  prototype: Client,
  send: (command: object, options?: { abortSignal?: AbortSignal }) => Promise<unknown>,
): Client {
  return Object.assign(Object.create(prototype), { send });
}
