import { type BareAnswer, BareConnection } from './connection.ts';

/** Connections to one server, each for one request at a time. */
export function createBarePool(endpoint: string, size: number, memoryBytes: number) {
  const idle = Array.from({ length: size }, () => new BareConnection(endpoint, memoryBytes));
  const connections = [...idle];
  const waiting: ((connection: BareConnection) => void)[] = [];

  return {
    /** @param read copies what it needs out of the answer before it returns: the next answer overwrites the buffer */
    async ask<Result>(request: string, read: (answer: BareAnswer) => Result): Promise<Result> {
      const connection = idle.pop() ?? (await new Promise<BareConnection>(resolve => waiting.push(resolve)));
      const answer = await connection.ask(request);
      if (answer.status !== 200) throw new Error(`${endpoint} answered ${answer.status}`);
      const result = read(answer);
      const next = waiting.shift();
      if (next) next(connection);
      else idle.push(connection);
      return result;
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}
