import type { FaultProxy } from './fault-proxy.ts';

/** Connections that are lost while a function is frozen. */
export interface Freeze {
  /** Loses every connection that is open now, or those to one proxy only. */
  freeze(only?: FaultProxy): void;
  /** Requests that were sent over lost connections. */
  lost(): number;
  /** Connections that were ever opened. */
  connections(): number;
}

/** Puts the proxies' connections at the mercy of freezes: reset at their next use, or silent from then on. */
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
