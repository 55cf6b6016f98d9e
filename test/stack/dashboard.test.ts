import { describe, expect, test } from 'vitest';
import { failureCodes } from '../../lambdas/domain/failure.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';
import { writtenMetrics } from './written-telemetry.ts';

type MetricLine = readonly (string | Readonly<Record<string, unknown>>)[];

interface Widget {
  readonly type: string;
  readonly properties: { readonly title?: string; readonly metrics?: readonly MetricLine[] };
}

const template = synthesize();
const [dashboard] = Object.values(
  resourcesOf<{ DashboardName: string; DashboardBody: unknown }>(template, 'AWS::CloudWatch::Dashboard'),
);
const { widgets } = JSON.parse(textOf(dashboard?.DashboardBody)) as { widgets: readonly Widget[] };
const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []).map(readMetric);
const own = metrics.filter(({ namespace }) => namespace === 'SiemExport');

describe('the dashboard', () => {
  test('is named after its stage', () => {
    expect(dashboard?.DashboardName).toBe('siem-export-dev');
  });

  test('shows fleet, lag, failures, throughput, queues and what the bill follows', () => {
    const titles = widgets.map(({ properties }) => properties.title ?? '').join('\n');
    for (const subject of ['Alarms', 'Fleet', 'Lag', 'by code', 'by cloud', 'delivered', 'oldest', 'units'])
      expect(titles).toContain(subject);
  });

  test('follows metrics that the functions really write', () => {
    const written = writtenMetrics();
    expect(own.length).toBeGreaterThan(20);
    for (const { name, dimensions } of own) expect(written).toContainEqual({ name, dimensions });
  });

  test('shows every code by which an export can fail, and every cloud', () => {
    const shown = (metric: string, dimension: string) =>
      own
        .filter(({ name }) => name === metric)
        .map(({ dimensions }) => dimensions.find(({ Name }) => Name === dimension)?.Value)
        .sort();
    expect(shown('FailuresByCode', 'code')).toEqual(Object.keys(failureCodes).sort());
    expect(shown('FailuresByCloud', 'cloud')).toEqual(['azure', 'gcs', 's3']);
  });

  test('leaves the audit log out where it is not the stack’s own', () => {
    const [other] = Object.values(
      resourcesOf<{ DashboardBody: unknown }>(
        synthesize({ auditLogTableName: 'audit' }),
        'AWS::CloudWatch::Dashboard',
      ),
    );
    expect(textOf(other?.DashboardBody)).not.toContain('AuditLogsTable');
  });
});

/** The text of a joined value, with references as logical ids. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': joined } = value as { 'Fn::Join'?: [string, unknown[]] };
  if (joined) return joined[1].map(textOf).join(joined[0]);
  return JSON.stringify(value).replaceAll('"', '');
}

/** Namespace, name, then alternating dimension names and values, then the options. */
function readMetric(line: MetricLine) {
  const [namespace, name, ...rest] = line.filter(word => typeof word === 'string');
  const dimensions = rest.flatMap((word, index) =>
    index % 2 === 0 ? [{ Name: word, Value: rest[index + 1] }] : [],
  );
  return { namespace, name, dimensions: sorted(dimensions) };
}

/** The stage’s dimension first, as the functions write it. */
function sorted<Dimension extends { Name: string }>(dimensions: Dimension[]): Dimension[] {
  return dimensions.sort((a, b) => Number(b.Name === 'service') - Number(a.Name === 'service'));
}
