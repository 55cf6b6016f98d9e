/**
 * A client of a vendor's SDK whose `send` is the simulation's. It has the SDK's prototype, which the SDK's paginators
 * ask for, and nothing else: no connection, no credential, no configuration.
 */
export function simulatedClient<Client extends object>(
  prototype: Client,
  send: (command: object, options?: { abortSignal?: AbortSignal }) => Promise<unknown>,
): Client {
  return Object.assign(Object.create(prototype), { send });
}
