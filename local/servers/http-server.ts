import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A server that only listens on this machine. */
export interface LocalServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  /** Closes every connection, active or idle. May be called repeatedly. */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export function startHttpServer(listener: RequestListener): Promise<LocalServer> {
  return listen(createServer(listener));
}

/** Makes a server listen on a free port of 127.0.0.1. The endpoint is for plain HTTP. */
export async function listen(
  server: Server | SecureServer,
): Promise<LocalServer & { readonly port: number }> {
  // Longer than any pause between requests: a connection that closes while a client reuses it would fail a request.
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    close() {
      closed ??= new Promise((resolve, reject) => {
        server.close(error => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
      return closed;
    },
  };
}
