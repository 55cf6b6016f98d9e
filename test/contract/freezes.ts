import type { FaultProxy } from './fault-proxy.ts';

/** Simulates connections that are lost while a function is frozen. */
export interface Freeze {
  /** Loses every open connection, or only those of one proxy. */
  freeze(only?: FaultProxy): void;
  /** The number of requests sent over lost connections. */
  lost(): number;
  /** The number of connections ever opened. */
  connections(): number;
}

/** Lets a test freeze the connections of the proxies: they are reset at the next use, or never answer again. */
export function freezeBehind(proxies: readonly FaultProxy[], kind: 'reset' | 'silent'): Freeze {
  const known = new Map<object, FaultProxy>();
  const lostConnections = new Set<object>();
  let lost = 0;
  for (const proxy of proxies)
    proxy.onRequest = ({ connection }) => {
      known.set(connection, proxy);
      if (!lostConnections.has(connection)) return { kind: 'pass' };
      lost++;
      return kind === 'reset' ? { kind, afterBytes: 0 } : { kind };
    };
  return {
    freeze(only) {
      for (const [connection, proxy] of known)
        if (only === undefined || only === proxy) lostConnections.add(connection);
    },
    lost: () => lost,
    connections: () => known.size,
  };
}
