import { IANAZone } from 'luxon';

const day = 24 * 3_600_000;
const from = Date.UTC(2025, 8, 1);
const to = Date.UTC(2028, 0, 1);
/** No zone changes its clocks twice within this time. */
const scanStep = 6 * day;

interface Stretch {
  readonly until: number;
  readonly offset: number;
}

const known = new Map<string, readonly Stretch[]>();
const slowOffset = IANAZone.prototype.offset;

/**
 * Makes the library remember the offsets that it has computed: a simulation asks for the same ones a million times.
 * Outside the years that simulations play in, it computes as ever.
 */
export function rememberOffsets(): void {
  IANAZone.prototype.offset = function (this: IANAZone, instant: number): number {
    if (!(instant >= from && instant < to)) return slowOffset.call(this, instant);
    const stretches = known.get(this.name) ?? scan(this);
    for (const { until, offset } of stretches) if (instant < until) return offset;
    return slowOffset.call(this, instant);
  };
}

function scan(zone: IANAZone): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let offset = slowOffset.call(zone, from);
  for (let start = from; start < to; start += scanStep) {
    const next = slowOffset.call(zone, start + scanStep);
    if (next === offset) continue;
    let low = start;
    let high = start + scanStep;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (slowOffset.call(zone, middle) === offset) low = middle;
      else high = middle;
    }
    stretches.push({ until: high, offset });
    offset = next;
  }
  stretches.push({ until: to, offset });
  known.set(zone.name, stretches);
  return stretches;
}
