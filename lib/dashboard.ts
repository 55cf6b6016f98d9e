import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  GraphWidgetView,
  type IMetric,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { cloud } from '../lambdas/domain/destination.ts';
import { type FailureCode, failureCodes } from '../lambdas/domain/failure.ts';
import type { Alarms } from './alarms.ts';
import type { FunctionName } from './build-functions.ts';
import { type ExportMetricName, exportMetric, failuresByCloud, failuresByCode } from './export-metric.ts';
import type { ExportQueue } from './export-queue.ts';
import type { PipelineFunction } from './pipeline-function.ts';
import type { Tables } from './tables.ts';
import type { TriggerDeadLetters } from './trigger-dead-letters.ts';

export interface DashboardProps {
  readonly stage: string;
  readonly runbookUrl: string;
  readonly alarms: Alarms;
  readonly exportQueue: ExportQueue;
  readonly triggerDeadLetters: TriggerDeadLetters;
  readonly functions: Readonly<Record<FunctionName, PipelineFunction>>;
  readonly tables: Tables;
}

const half = 12;
const third = 8;
const quarterHour = Duration.minutes(15);
const sum = { statistic: 'Sum', period: quarterHour };
const most = { statistic: 'Maximum', period: quarterHour };

/** The stage on one page: first what is wrong now, last what it costs. */
export class Dashboard extends Construct {
  readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    this.dashboardName = `siem-export-${props.stage}`;
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: this.dashboardName,
      defaultInterval: Duration.days(1),
      widgets: [
        ...fleetHealth(props),
        ...failures(props),
        ...delivery(props),
        ...queues(props),
        ...functionHealth(props),
        ...costDrivers(props),
      ],
    });
  }
}

function fleetHealth({ stage, runbookUrl, alarms }: DashboardProps) {
  const hourly = { statistic: 'Maximum', period: Duration.hours(1) };
  const found = (name: ExportMetricName, label: string) => exportMetric(stage, name, { ...hourly, label });
  const faults = [
    found('AccountsFailing', 'failing'),
    found('AccountsBehind', 'behind'),
    found('InvalidAccounts', 'invalid'),
    found('AccountsNeverExported', 'never exported'),
  ];
  const text = `# SIEM export, ${stage}\nAlarms and what to do: ${runbookUrl} · saved queries: Logs Insights, siem-export-${stage}/`;
  return [
    [new TextWidget({ markdown: text, width: 24, height: 2 })],
    [new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.all, width: 24, height: 5 })],
    [
      new SingleValueWidget({
        title: 'Fleet, as the watchdog saw it last',
        metrics: [found('Accounts', 'accounts'), ...faults],
        width: half,
        height: 6,
      }),
      graph('Accounts that need attention', half, faults),
    ],
  ];
}

function failures({ stage }: DashboardProps) {
  const codes = Object.keys(failureCodes) as FailureCode[];
  const byCode = (wanted: boolean) =>
    codes
      .filter(code => failureCodes[code].retryable === wanted)
      .map(code => failuresByCode(stage, code, sum));
  return [
    [
      stack('Failures that need a person, by code', third, byCode(false)),
      stack('Failures that are retried, by code', third, byCode(true)),
      stack(
        'Failures, by cloud',
        third,
        cloud.options.map(type => failuresByCloud(stage, type, sum)),
      ),
    ],
  ];
}

function delivery({ stage }: DashboardProps) {
  const lag = (statistic: string, label: string) =>
    exportMetric(stage, 'LagSeconds', { statistic, label, period: quarterHour });
  const count = (name: ExportMetricName, label: string) => exportMetric(stage, name, { ...sum, label });
  return [
    [
      graph('Lag: seconds from a window’s end to its file', half, [
        lag('p50', 'median'),
        lag('p99', '99 %'),
        lag('Maximum', 'longest'),
      ]),
      graph('Accounts dispatched, files delivered', half, [
        count('DispatchedAccounts', 'dispatched'),
        count('ExportsDelivered', 'delivered'),
        count('ExportsFailed', 'failed'),
        count('ExportsRetried', 'retried'),
      ]),
    ],
    [
      graph('Records delivered', half, [
        count('RecordsDelivered', 'records'),
        count('MalformedRows', 'malformed'),
        count('RowsRecordedLate', 'recorded late'),
      ]),
      graph('Bytes delivered', half, [count('BytesDelivered', 'bytes, compressed')]),
    ],
  ];
}

function queues({ exportQueue: { queue, deadLetterQueue }, triggerDeadLetters }: DashboardProps) {
  return [
    [
      graph('Exports waiting', third, [
        queue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'waiting' }),
        queue.metricApproximateNumberOfMessagesNotVisible({ ...most, label: 'in work' }),
        queue.metricApproximateNumberOfMessagesDelayed({ ...most, label: 'settling' }),
      ]),
      graph('Age of the oldest export, seconds', third, [
        queue.metricApproximateAgeOfOldestMessage({ ...most, label: 'oldest' }),
      ]),
      graph('Dead letters', third, [
        deadLetterQueue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'exports' }),
        triggerDeadLetters.queue.metricApproximateNumberOfMessagesVisible({ ...most, label: 'ticks' }),
      ]),
    ],
  ];
}

function functionHealth({ functions }: DashboardProps) {
  const each = (metric: (function_: PipelineFunction, label: string) => IMetric) =>
    Object.entries(functions).map(([name, function_]) => metric(function_, name));
  return [
    [
      graph(
        'Function errors',
        third,
        each(({ function: lambda }, label) => lambda.metricErrors({ ...sum, label })),
      ),
      graph(
        'Longest run, milliseconds',
        third,
        each(({ function: lambda }, label) => lambda.metricDuration({ ...most, label })),
      ),
      graph('Exporters at once, and refused', third, [
        functions.exporter.function.metric('ConcurrentExecutions', { ...most, label: 'at once' }),
        functions.exporter.function.metricThrottles({ ...sum, label: 'refused' }),
      ]),
    ],
  ];
}

/** The quantities that determine the costs; docs/operator/cost.md has the prices. */
function costDrivers({ stage, functions, exportQueue, tables }: DashboardProps) {
  const daily = { statistic: 'Sum', period: Duration.days(1) };
  const { accounts, auditLogs, exportLedger, dispatchState } = tables;
  const all = [accounts, auditLogs, exportLedger, dispatchState].filter(table => table !== undefined);
  return [
    [
      stack('A day’s function time, milliseconds', third, [
        functions.exporter.function.metricDuration({ ...daily, label: 'exporter' }),
        functions.dispatcher.function.metricDuration({ ...daily, label: 'dispatcher' }),
        functions.watchdog.function.metricDuration({ ...daily, label: 'watchdog' }),
      ]),
      stack(
        'A day’s read units',
        third,
        all.map(table => table.metricConsumedReadCapacityUnits({ ...daily, label: table.node.id })),
      ),
      stack(
        'A day’s write units',
        third,
        all.map(table => table.metricConsumedWriteCapacityUnits({ ...daily, label: table.node.id })),
      ),
    ],
    [
      graph('A day’s bytes out', half, [exportMetric(stage, 'BytesDelivered', { ...daily, label: 'bytes' })]),
      graph('A day’s queue messages', half, [
        exportQueue.queue.metricNumberOfMessagesSent({ ...daily, label: 'sent' }),
        exportQueue.queue.metricNumberOfEmptyReceives({ ...daily, label: 'empty receives' }),
      ]),
    ],
  ];
}

function graph(title: string, width: number, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, width, height: 6, left, leftYAxis: { min: 0, showUnits: false } });
}

function stack(title: string, width: number, left: IMetric[]): GraphWidget {
  return new GraphWidget({
    title,
    width,
    height: 6,
    left,
    stacked: true,
    view: GraphWidgetView.TIME_SERIES,
    leftYAxis: { min: 0, showUnits: false },
  });
}
