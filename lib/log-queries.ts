import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from './build-functions.ts';

export interface LogQueriesProps {
  readonly stage: string;
  readonly logGroups: Readonly<Record<FunctionName, ILogGroup>>;
}

interface SavedQuery {
  readonly functions: readonly FunctionName[];
  /** The commands of Logs Insights, in order. */
  readonly lines: readonly string[];
}

/** The log queries that the runbook refers to, by their names in it. */
export const savedQueries: Readonly<Record<string, SavedQuery>> = {
  'failures-by-account': {
    functions: ['exporter'],
    lines: [
      'filter message = "Export failed"',
      'stats count(*) as failures, max(@timestamp) as last, latest(reason) as why by accountId, code, cloud',
      'sort failures desc',
      'limit 200',
    ],
  },
  'one-account': {
    functions: ['exporter', 'watchdog'],
    lines: [
      'fields @timestamp, message, code, reason, windowStart, windowEnd, part, records, lagSeconds',
      'filter accountId = "put the account id here"',
      'sort @timestamp desc',
      'limit 500',
    ],
  },
  'late-deliveries': {
    functions: ['exporter'],
    lines: [
      'fields accountId, windowEnd, part, records, bytes, tookSeconds, lagSeconds, bucket',
      'filter message = "Export delivered"',
      'sort lagSeconds desc',
      'limit 50',
    ],
  },
  'volume-by-account': {
    functions: ['exporter'],
    lines: [
      'filter message = "Export delivered"',
      'stats sum(records) as rows, sum(bytes) as delivered, count(*) as files, max(tookSeconds) as slowest by accountId',
      'sort rows desc',
      'limit 200',
    ],
  },
  'malformed-rows': {
    functions: ['exporter'],
    lines: [
      'fields @timestamp, accountId, windowStart, windowEnd, records, malformed, key',
      'filter malformed > 0',
      'sort malformed desc',
      'limit 100',
    ],
  },
  'lacking-fields': {
    functions: ['exporter'],
    lines: [
      'fields @timestamp, accountId, windowStart, windowEnd, part, records, fields',
      'filter message = "No row has these fields"',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  'rows-recorded-late': {
    functions: ['exporter'],
    lines: [
      'fields @timestamp, accountId, windowStart, windowEnd, rowsRecordedLate',
      'filter message = "Rows recorded late"',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  'accounts-at-fault': {
    functions: ['watchdog'],
    lines: [
      'fields @timestamp, accountId, message, code, reason, faults, form, since, exportedThrough',
      'filter message in ["Account is invalid", "Account is failing", "Account is behind", "Account was never exported", "Newest sort key has another form than the declared one"]',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  ticks: {
    functions: ['dispatcher'],
    lines: [
      'fields @timestamp, tick, timeZones, accounts',
      'filter message = "Tick dispatched"',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  'errors-and-warnings': {
    functions: ['dispatcher', 'exporter', 'watchdog'],
    lines: [
      'fields @timestamp, @log, level, message, accountId, code, reason, cause.stack',
      'filter level in ["ERROR", "WARN"] or @message like /Task timed out|Runtime exited|Status: (error|timeout)/',
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  'time-and-memory': {
    functions: ['dispatcher', 'exporter', 'watchdog'],
    lines: [
      'filter @type = "REPORT"',
      'stats count(*) as runs, max(@duration) / 1000 as longestSeconds, max(@maxMemoryUsed) / 1000000 as mostMb, max(@memorySize) / 1000000 as ofMb by @log, bin(1h)',
    ],
  },
};

/** The saved queries of Logs Insights, under `siem-export-<stage>/`. */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, { stage, logGroups }: LogQueriesProps) {
    super(scope, id);
    for (const [name, { functions, lines }] of Object.entries(savedQueries))
      new CfnQueryDefinition(this, name, {
        name: `siem-export-${stage}/${name}`,
        queryString: lines.join('\n| '),
        logGroupNames: functions.map(functionName => logGroups[functionName].logGroupName),
      });
  }
}
