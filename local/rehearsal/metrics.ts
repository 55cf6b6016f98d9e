import { Writable } from 'node:stream';
import type { Instant } from '../../lambdas/domain/instant.ts';

export type Statistic = 'Sum' | 'Maximum' | 'SampleCount';

export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

interface Sample {
  readonly at: Instant;
  readonly value: number;
}

/** The metrics that CloudWatch would have. */
export class Metrics {
  readonly #samples = new Map<string, Sample[]>();

  add(metric: MetricName, at: Instant, value: number): void {
    const key = keyOf(metric);
    const known = this.#samples.get(key);
    if (known === undefined) this.#samples.set(key, [{ at, value }]);
    else known.push({ at, value });
  }

  /**
   * The statistic over the samples from one instant (inclusive) to another (exclusive); `undefined` if there are
   * none.
   */
  read(metric: MetricName, statistic: Statistic, from: Instant, to: Instant): number | undefined {
    const values = (this.#samples.get(keyOf(metric)) ?? []).flatMap(({ at, value }) =>
      at >= from && at < to ? value : [],
    );
    if (values.length === 0) return undefined;
    switch (statistic) {
      case 'Sum':
        return values.reduce((sum, value) => sum + value, 0);
      case 'Maximum':
        return Math.max(...values);
      case 'SampleCount':
        return values.length;
    }
  }
}

function keyOf({ namespace, name, dimensions }: MetricName): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

interface EmbeddedMetrics {
  readonly _aws?: {
    readonly Timestamp: Instant;
    readonly CloudWatchMetrics?: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

/** Extracts the metrics from the functions’ output, and passes all output on. */
export function metricsIn(metrics: Metrics, log: Writable): Writable {
  let rest = '';
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{')) takeMetrics(metrics, line);
      log.write(chunk, done);
    },
  });
}

function takeMetrics(metrics: Metrics, line: string): void {
  const written = JSON.parse(line) as EmbeddedMetrics & Readonly<Record<string, unknown>>;
  const { Timestamp = 0, CloudWatchMetrics = [] } = written._aws ?? {};
  for (const { Namespace: namespace, Dimensions, Metrics: names } of CloudWatchMetrics)
    for (const dimensionNames of Dimensions) {
      const dimensions = Object.fromEntries(dimensionNames.map(name => [name, String(written[name])]));
      for (const { Name: name } of names)
        for (const value of [written[name]].flat())
          metrics.add({ namespace, name, dimensions }, Timestamp, Number(value));
    }
}
