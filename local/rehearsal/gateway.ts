import { type ClientRequest, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type LocalServer, startHttpServer } from '../servers/http-server.ts';

export interface Refusal {
  readonly status: number;
  readonly body: string;
}

/** A proxy in front of another server. */
export interface Gateway extends LocalServer {
  /** Returns the answer to send instead of forwarding; `undefined` forwards the request. */
  refuse: (incoming: IncomingMessage, body: Buffer) => Refusal | undefined;
}

export async function startGateway(target: string): Promise<Gateway> {
  const server = await startHttpServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const gateway: Gateway = { ...server, refuse: () => undefined };
  return gateway;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const refusal = gateway.refuse(incoming, body);
    if (refusal !== undefined) {
      outgoing.writeHead(refusal.status, { 'content-type': 'application/json' }).end(refusal.body);
      return;
    }
    const { method, url = '/', headers } = incoming;
    const onward: ClientRequest = request(new URL(url, target), { method, headers }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  }
}
