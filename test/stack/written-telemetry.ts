import { vi } from 'vitest';
import {
  createDispatchTelemetry,
  createExportTelemetry,
  createInstruments,
  createSurveyTelemetry,
} from '../../lambdas/aws/telemetry.ts';
import type { DeliveredFile } from '../../lambdas/domain/delivered-file.ts';
import { ExportError, type FailureCode, failureCodes } from '../../lambdas/domain/failure.ts';

/** A delivered file, as the exporter reports it. */
export const deliveredFile: DeliveredFile = {
  window: { start: 0, end: 14_400_000 },
  part: 1,
  final: true,
  place: { type: 's3', bucket: 'acme-audit' },
  key: 'audit/YWNtZQ/audit_YWNtZQ_19700101T040000Z.zip',
  format: 'ndjson',
  compression: 'zip',
  records: 2,
  malformed: 1,
  bytes: 310,
  uncompressedBytes: 540,
  sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  attempt: 1,
  startedAt: 14_700_000,
  deliveredAt: 14_701_000,
};

type Line = Readonly<Record<string, unknown>>;

export interface WrittenMetric {
  readonly name: string;
  readonly dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

/** The log lines of all reports that the functions make in a stage. */
export function writtenLines(): Line[] {
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  const lines: string[] = [];
  for (const method of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
  try {
    const exporter = createExportTelemetry(createInstruments('dev'));
    exporter.delivered('acme', deliveredFile);
    exporter.lacking('acme', deliveredFile, ['ipAddress']);
    const cause = new Error('socket hang up');
    for (const code of Object.keys(failureCodes) as FailureCode[])
      for (const cloud of ['s3', 'gcs', 'azure'] as const)
        exporter.failed('acme', new ExportError(code, 'What to do', { cause }), {
          window: deliveredFile.window,
          part: 1,
          attempt: 2,
          cloud,
        });
    exporter.stopped('acme', 'paused');
    exporter.recordedLate('acme', deliveredFile.window, 3);
    exporter.note({ accountId: 'acme' }, 'The account record is gone');
    exporter.flush();
    const dispatched = { timeZones: 1, accounts: 2 };
    createDispatchTelemetry(createInstruments('dev')).dispatched(0, dispatched);
    const watchdog = createSurveyTelemetry(createInstruments('dev'));
    const troubled = { exportedThrough: 0, since: 14_400_000 };
    watchdog.surveyed({
      at: 14_400_000,
      accounts: 3,
      invalid: [{ accountId: 'acme', faults: 'timeZone: unknown', paused: false }],
      failing: [{ accountId: 'hooli', ...troubled, code: 'access_denied', message: 'What to do' }],
      behind: [{ accountId: 'globex', ...troubled }],
      active: ['hooli', 'globex'],
    });
    watchdog.neverExported(['initech']);
    watchdog.keysSampled({ sampled: 2, unreadable: [{ accountId: 'acme', form: 'a ULID' }] });
    watchdog.keysNotSampled(cause);
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  }
  return lines.map(line => JSON.parse(line) as Line);
}

/** The metrics that CloudWatch extracts from these log lines. */
export function writtenMetrics(): WrittenMetric[] {
  return writtenLines().flatMap(line => {
    const { CloudWatchMetrics = [] } = (line as Partial<EmbeddedMetrics>)._aws ?? {};
    return CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
      Dimensions.flatMap(names =>
        Metrics.map(({ Name }) => ({
          name: Name,
          dimensions: names.map(name => ({ Name: name, Value: line[name] })),
        })),
      ),
    );
  });
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics?: readonly {
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}
