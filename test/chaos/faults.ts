import type { Random } from '../../local/sample/random.ts';
import type { Fault, SeenRequest } from '../contract/fault-proxy.ts';

/** The target of a request: a customer’s cloud, or an AWS service that the exporter depends on. */
export type FaultySide = 'cloud' | 'aws';

/** The number of injected faults of each kind. */
export type FaultCounts = Record<FaultName, number>;
export type FaultName =
  | 'unavailable'
  | 'throttled'
  | 'reset'
  | 'lost-answer'
  | 'late-answer'
  | 'cut-answer'
  | 'slow'
  | 'byte-a-second';

export function noFaults(): FaultCounts {
  return {
    unavailable: 0,
    throttled: 0,
    reset: 0,
    'lost-answer': 0,
    'late-answer': 0,
    'cut-answer': 0,
    slow: 0,
    'byte-a-second': 0,
  };
}

export function sumOf(counts: FaultCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count);
}

/** The share of requests that fail. It is low for AWS, because the SDKs retry only three times. */
const share: Record<FaultySide, number> = { cloud: 0.25, aws: 0.04 };
const outageEvery = 12_000;
const longestOutage = 3_000;

/** Draws the fault for each request of a server, with occasional outages in which nearly all requests fail. */
export function createFaultSource(side: FaultySide, random: Random, counts: FaultCounts) {
  let outageFrom = performance.now() + random.below(outageEvery);
  let outageLength = random.below(longestOutage);
  const names = Object.keys(counts) as [FaultName, ...FaultName[]];

  return (request: SeenRequest): Fault => {
    const since = performance.now() - outageFrom;
    if (since > outageLength) {
      outageFrom = performance.now() + random.below(outageEvery);
      outageLength = random.below(longestOutage);
    }
    const outage = side === 'cloud' && since >= 0 && since <= outageLength;
    if (random.next() > (outage ? 0.9 : share[side])) return { kind: 'pass' };
    const name = outage ? random.pick(['unavailable', 'throttled', 'reset'] as const) : random.pick(names);
    counts[name]++;
    return faultNamed(name, side, request, random);
  };
}

function faultNamed(name: FaultName, side: FaultySide, { headers }: SeenRequest, random: Random): Fault {
  const length = Number(headers['content-length'] ?? 1);
  switch (name) {
    case 'unavailable':
      return { kind: 'answer', status: 503, ...(side === 'aws' && awsBody('InternalServerError')) };
    case 'throttled':
      return side === 'aws'
        ? { kind: 'answer', status: 400, ...awsBody('ThrottlingException') }
        : { kind: 'answer', status: 429, headers: { 'retry-after': '1' } };
    case 'reset':
      return { kind: 'reset', afterBytes: random.below(length + 1) };
    case 'lost-answer':
      return { kind: 'lose-answer' };
    case 'late-answer':
      return { kind: 'late-answer', milliseconds: random.below(1500) };
    case 'cut-answer':
      return { kind: 'cut-answer' };
    case 'slow':
      return { kind: 'slow', bytesPerSecond: Math.max(Math.floor(length / 2), 20) };
    case 'byte-a-second':
      return { kind: 'slow', bytesPerSecond: 1 };
  }
}

function awsBody(type: string) {
  return {
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: type, message: 'chaos' }),
  };
}
