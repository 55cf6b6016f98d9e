import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { DeliveredFile } from '../domain/delivered-file.ts';
import { type Instant, toIso } from '../domain/instant.ts';
import { printable } from '../domain/printable.ts';
import { placeName } from '../domain/recipe.ts';
import { fleetInTrouble, furtherInTrouble, type KeySample, type Survey } from '../domain/survey.ts';
import { isOlderTimeZoneData, timeZoneDataNumber } from '../domain/time-zone.ts';
import { timeZoneDataOfList } from '../domain/time-zone-names.ts';
import type { Window } from '../domain/window.ts';
import type { ExportTelemetry } from '../exporter/ports.ts';

export const metricNamespace = 'SiemExport';

/** The value of the dimension `service`, which every metric of a stage has. */
export function metricService(stage: string): string {
  return `siem-export-${stage}`;
}

interface Instruments {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Structured logs, and metrics in embedded metric format. Both are written to standard output, so they cannot fail. */
export function createInstruments(stage: string): Instruments {
  const serviceName = metricService(stage);
  return {
    logger: new Logger({ serviceName }),
    metrics: new Metrics({ namespace: metricNamespace, serviceName }),
  };
}

/** The exporter's telemetry: that of exports, and that of the function. */
interface ExporterTelemetry extends ExportTelemetry {
  /** The SDK's own handler took over a read of the audit log (`RawHttpHandler`). Reported once for each process. */
  rawReadFellBack(): void;
  /** Publishes the metrics at the end of an invocation. */
  flush(): void;
}

export function createExportTelemetry({ logger, metrics }: Instruments): ExporterTelemetry {
  let hasFallenBack = false;
  return {
    delivered(accountId, file) {
      logger.info('Export delivered', { accountId, ...fileFields(file) });
      metrics.addMetric('ExportsDelivered', MetricUnit.Count, 1);
      metrics.addMetric('RecordsDelivered', MetricUnit.Count, file.records);
      metrics.addMetric('BytesDelivered', MetricUnit.Bytes, file.bytes);
      metrics.addMetric('MalformedRows', MetricUnit.Count, file.malformed);
      metrics.addMetric('LagSeconds', MetricUnit.Seconds, (file.deliveredAt - file.window.end) / 1000);
    },
    lacking(accountId, { window, part, records }, fields) {
      logger.warn('No row has these fields', { accountId, ...windowFields(window), part, records, fields });
      metrics.addMetric('FilesLackingFields', MetricUnit.Count, 1);
    },
    failed(accountId, failure, at) {
      const { code, retryable } = failure;
      logger.error('Export failed', {
        accountId,
        code,
        actionNeeded: !retryable,
        ...windowFields(at?.window),
        part: at?.part,
        attempt: at?.attempt,
        cloud: at?.cloud,
        // The logger itself uses the name `message`.
        reason: failure.message,
        ...causeFields(failure.cause),
      });
      metrics.addMetric(retryable ? 'ExportsRetried' : 'ExportsFailed', MetricUnit.Count, 1);
      metrics.singleMetric().addDimension('code', code).addMetric('FailuresByCode', MetricUnit.Count, 1);
      if (at?.cloud !== undefined)
        metrics
          .singleMetric()
          .addDimension('cloud', at.cloud)
          .addMetric('FailuresByCloud', MetricUnit.Count, 1);
    },
    stopped: (accountId, reason) => logger.info('Export stopped', { accountId, reason }),
    recordedLate(accountId, window, rows) {
      logger.warn('Rows recorded late', { accountId, ...windowFields(window), rowsRecordedLate: rows });
      metrics.addMetric('RowsRecordedLate', MetricUnit.Count, rows);
    },
    note: (subject, message, cause) => logger.warn(message, { ...subject, ...causeFields(cause) }),
    rawReadFellBack() {
      if (hasFallenBack) return;
      hasFallenBack = true;
      logger.warn('DynamoDB answers in an unusual form: reading is slower, and each query may be sent twice');
      metrics.addMetric('RawReadsFellBack', MetricUnit.Count, 1);
    },
    flush() {
      // Without this check the library would log a warning for each invocation without metrics, which is normal here.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

export function createDispatchTelemetry({ logger, metrics }: Instruments) {
  return {
    dispatched(tick: Instant, { timeZones, accounts }: { timeZones: number; accounts: number }): void {
      logger.info('Tick dispatched', { tick: toIso(tick), timeZones, accounts });
      metrics.addMetric('DispatchedAccounts', MetricUnit.Count, accounts);
      metrics.publishStoredMetrics();
    },
  };
}

export function createSurveyTelemetry({ logger, metrics }: Instruments) {
  return {
    surveyed(found: Omit<Survey, 'neverExported'>): void {
      const { accounts, invalid, failing, behind } = found;
      const { tz: timeZoneData = '' } = process.versions;
      const versions = { timeZoneData, timeZoneList: timeZoneDataOfList };
      logger.info('Accounts surveyed', { accounts, ...versions });
      if (isOlderTimeZoneData(timeZoneData))
        logger.warn('The time-zone data of the runtime are older than the list of the release', versions);
      metrics.addMetric('TimeZoneDataVersion', MetricUnit.NoUnit, timeZoneDataNumber(timeZoneData));
      for (const { accountId, faults, exportedThrough } of invalid)
        logger.error('Account is invalid', {
          accountId,
          faults,
          ...(exportedThrough !== undefined && { exportedThrough: toIso(exportedThrough) }),
        });
      for (const { accountId, code, message, ...times } of failing)
        logger.error('Account is failing', { accountId, code, reason: message, ...timeFields(times) });
      for (const { accountId, ...times } of behind)
        logger.error('Account is behind', { accountId, ...timeFields(times) });
      metrics.addMetric('Accounts', MetricUnit.Count, accounts);
      metrics.addMetric('InvalidAccounts', MetricUnit.Count, invalid.length);
      metrics.addMetric('AccountsFailing', MetricUnit.Count, failing.length);
      metrics.addMetric('AccountsBehind', MetricUnit.Count, behind.length);
      metrics.addMetric('FurtherAccountsInTrouble', MetricUnit.Count, furtherInTrouble(found));
      metrics.addMetric('FleetInTrouble', MetricUnit.Percent, fleetInTrouble(found));
      metrics.publishStoredMetrics();
    },
    keysSampled({ sampled, unreadable }: KeySample): void {
      for (const { accountId, form } of unreadable)
        logger.error('Newest sort key has another form than the declared one', { accountId, form });
      metrics.addMetric('AccountsSampled', MetricUnit.Count, sampled);
      metrics.addMetric('AccountsWithUnreadableKeys', MetricUnit.Count, unreadable.length);
      metrics.publishStoredMetrics();
    },
    keysNotSampled(cause: unknown): void {
      logger.warn('The audit log of an account could not be checked', causeFields(cause) || {});
      metrics.addMetric('AccountsSampled', MetricUnit.Count, 0);
      metrics.publishStoredMetrics();
    },
    neverExported(accountIds: readonly string[]): void {
      for (const accountId of accountIds) logger.warn('Account was never exported', { accountId });
      metrics.addMetric('AccountsNeverExported', MetricUnit.Count, accountIds.length);
      metrics.publishStoredMetrics();
    },
  };
}

function fileFields({
  window,
  place,
  part,
  final,
  key,
  records,
  malformed,
  bytes,
  sha256,
  attempt,
  startedAt,
  deliveredAt,
}: DeliveredFile) {
  const seconds = {
    lagSeconds: (deliveredAt - window.end) / 1000,
    tookSeconds: (deliveredAt - startedAt) / 1000,
  };
  return {
    ...windowFields(window),
    bucket: placeName(place),
    key,
    part,
    final,
    records,
    malformed,
    bytes,
    sha256,
    attempt,
    ...seconds,
  };
}

function timeFields({ exportedThrough, since }: Record<'exportedThrough' | 'since', Instant>) {
  return { exportedThrough: toIso(exportedThrough), since: toIso(since) };
}

function windowFields(window: Window | undefined) {
  return window && { windowStart: toIso(window.start), windowEnd: toIso(window.end) };
}

function causeFields(cause: unknown) {
  if (!(cause instanceof Error)) return undefined;
  const { name, stack } = printable(cause);
  return { cause: { name, stack } };
}
