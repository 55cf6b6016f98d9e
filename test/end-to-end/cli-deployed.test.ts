import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { variables } from '../../lambdas/environment.ts';
import { type LocalServer, startHttpServer } from '../../local/servers/http-server.ts';
import { callerArn } from '../../local/servers/sts-server.ts';
import { stateOf } from '../../local/state.ts';
import { bucketRegion, buckets } from '../../local/tour/customers.ts';
import { role, startWorld, type World } from '../../local/tour/world.ts';
import { runCommand } from './command-line.ts';

let world: World;
let aws: LocalServer;
let folder: string;
let stackName = '';
/** Resources that were deleted: the path of a function, or the name of a table. */
const lost = new Set<string>();
/** Topics that the operator has no permission to read. */
const refused = new Set<string>();
/** Answers that replace AWS’s own, by operation or part of a path. */
const instead = new Map<string, { readonly status: number; readonly type: string; readonly body: string }>();
/** The subscriptions of each topic. */
const subscriptions = new Map<string, Record<string, string>>();
/** What `doctor --fix` has enabled. */
const fixed = new Set<string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siem-export-cli-'));
  const log = new Writable({ write: (_chunk, _encoding, done) => done() });
  world = await startWorld({ stateFile: join(folder, 'local.json'), log, ownTime: false });
  aws = await startAws(world);
  await writeFile(join(folder, 'gcs.json'), world.credentials.secretOf('gcs'));
});

afterAll(async () => {
  await aws?.close();
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

test('finds the tables and queues of a stage by its stack, and its settings by its exporter', async () => {
  const added = await cli(
    `account add acme --time-zone UTC --destination gcs --bucket ${buckets.gcs} --secret-file gcs.json --json`,
  );
  expect(added).toMatchObject({ exitCode: 0 });
  expect(stackName).toBe('siem-export-local');
  const listed = await cli('account list --json');
  expect(JSON.parse(listed.output)).toMatchObject([{ accountId: 'acme', state: 'new' }]);
});

test('names who changed an account, as AWS knows the caller', async () => {
  const [{ detailType, detail } = {}] = world.aws.events.events;
  expect(detailType).toBe('Account Changed');
  expect(detail).toMatchObject({ accountId: 'acme', change: 'added', changedBy: callerArn });
});

test('queues an export, which is worked on by itself there', async () => {
  const { exitCode, output } = await cli('export acme');
  expect(output).toMatch(/^acme is owed 1 window, oldest first:[\s\S]*✓ The export is queued/);
  expect(exitCode).toBe(0);
  const { queue } = JSON.parse((await cli('status --json')).output);
  expect(queue.waiting).toBe(1);
  const again = JSON.parse((await cli('export acme --json')).output);
  expect(again).toMatchObject({ queued: true, files: null, failures: null });
});

test('verifies a role as the exporter, once the stage lets the operator in', async () => {
  await cli(
    `account add hooli --time-zone UTC --destination s3 --bucket ${buckets.s3} --bucket-region ${bucketRegion} --role-arn ${role.roleArn} --external-id ${role.externalId}`,
  );
  expect(await cli('verify hooli')).toMatchObject({
    exitCode: 3,
    errors: expect.stringContaining('the setting "operators" of the stage'),
  });
  const both = JSON.parse((await cli('verify acme hooli --json')).output);
  expect(both).toMatchObject({ verified: false, accounts: [{ error: null }, { steps: [] }] });
  world.roles.set('arn:aws:iam::000000000000:role/siem-export-local-exporter-us-east-1', {
    credentials: world.credentials.s3Role,
  });
  const { exitCode, output } = await cli('verify hooli');
  expect(output).toContain('✓ the role is refused without its external id');
  expect(exitCode).toBe(0);
});

test('the doctor checks what exists only in AWS', async () => {
  const { exitCode, output } = await cli('doctor');
  expect(exitCode).toBe(1);
  expect(output).toContain('✓ point-in-time recovery of siem-export-local-accounts');
  expect(output).toContain('✗ table siem-export-local-accounts: it can be deleted by mistake');
  expect(output).toContain('✓ function siem-export-local-exporter: Active');
  expect(output).toContain(
    '✗ the exporter takes messages from the queue: its event source mapping is Disabled',
  );
  expect(output).toContain('✗ the rules that trigger the functions: disabled: siem-export-local-tick-at-15');
  expect(output).toContain('    → npx siem-export --stage local doctor --fix');
  expect(output).toContain(
    '✓ Lambda lets enough functions run at once: the limit of this AWS account is 1,000',
  );
  expect(output).toContain('siem-export-local-fleet-in-trouble: page: the fleet fails');
  expect(output).toContain('Threshold Crossed');
  expect(output).not.toContain('siem-export-local-eu-');
});

test('the doctor reports a topic without subscribers, and one whose subscription is not confirmed', async () => {
  subscriptions.set('ticket', { SubscriptionsConfirmed: '0', SubscriptionsPending: '1' });
  const { exitCode, output } = await cli('doctor');
  expect(exitCode).toBe(1);
  expect(output).toContain(
    `✗ the topic for each page has a subscriber: nobody has subscribed to ${topicOf('local', 'page')}`,
  );
  expect(output).toContain('✗ the topic for each ticket has a subscriber: 1 subscription to ');
  expect(output).toContain(', none confirmed');
});

test('the doctor accepts a confirmed subscription, and a topic that it may not read does not stop the other checks', async () => {
  subscriptions.set('page', { SubscriptionsConfirmed: '2', SubscriptionsPending: '1' });
  refused.add('ticket');
  const { output } = await cli('doctor');
  refused.clear();
  expect(output).toContain('✓ the topic for each page has a subscriber: 2 confirmed subscriptions');
  expect(output).toContain('? the topic for each ticket has a subscriber: the check could not run: ');
  expect(output).toContain('not authorized to perform: sns:GetTopicAttributes');
  expect(output).toContain('siem-export-local-fleet-in-trouble');
});

test('the doctor fixes what was switched off, but not without consent', async () => {
  expect(await cli('doctor --fix')).toMatchObject({
    exitCode: 2,
    errors: expect.stringContaining('Give --yes'),
  });
  expect([...fixed]).toEqual([]);
  const { output } = await cli('doctor --fix --yes');
  expect(JSON.parse((await cli('doctor --json')).output).checks).toContainEqual({
    name: 'the exporter takes messages from the queue',
    outcome: 'ok',
    detail: 'not yet: the mapping is Enabling',
    remedy: null,
  });
  expect([...fixed].sort()).toEqual([
    'mapping 1234',
    'rule siem-export-local-tick-at-15',
    ...['accounts', 'audit-logs', 'dispatch-state', 'export-ledger'].map(
      name => `table siem-export-local-${name}`,
    ),
  ]);
  expect(output).toContain('✓ fixed: the rules that trigger the functions');
  expect(output).toContain('✓ the exporter takes messages from the queue: not yet: the mapping is Enabling');
  expect(output).toContain('✓ table siem-export-local-audit-logs: active, protected from deletion');
});

test('the doctor continues when something is missing, and says what it is', async () => {
  lost.add('/functions/siem-export-local-watchdog').add('siem-export-local-dispatch-state');
  const { exitCode, output } = await cli('doctor');
  lost.clear();
  expect(exitCode).toBe(1);
  expect(output).toContain('✗ table siem-export-local-dispatch-state: it does not exist');
  expect(output).toContain('✗ the last tick: the table that stores it does not exist');
  expect(output).toContain('✗ function siem-export-local-watchdog: it does not exist');
  expect(output).toContain('✓ the rules that trigger the functions: 5 enabled');
});

const denied = JSON.stringify({
  __type: 'AccessDeniedException',
  message: 'User: arn:aws:iam::1:user/op is not authorized to perform this: no policy allows it',
});
const page = '<html><head><title>Sign in</title></head></html>';

const refusal = {
  status: 403,
  type: 'application/json',
  body: denied,
  said: 'AccessDeniedException: User: arn:',
};
const signIn = { status: 200, type: 'text/html', body: page, said: 'not from AWS' };
const badGateway = { ...signIn, status: 502 };

test.each([
  ['/account-settings', refusal, 'Lambda lets enough functions run at once'],
  ['/account-settings', signIn, 'Lambda lets enough functions run at once'],
  ['/event-source-mappings', refusal, 'the exporter takes messages from the queue'],
  ['ListRules', signIn, 'the rules that trigger the functions'],
  ['DescribeAlarms', refusal, 'the alarms'],
  ['DescribeContinuousBackups', badGateway, 'point-in-time recovery of siem-export-local-accounts'],
  ['DescribeTable', refusal, 'table siem-export-local-accounts'],
  ['Scan', refusal, 'attributes of account records'],
])(
  'when %s is answered with %o, the doctor says so in the check "%s", and runs the others',
  async (what, answer, check) => {
    instead.set(what, answer);
    const { output, exitCode, errors } = await cli('doctor');
    instead.clear();
    expect(output).toMatch(new RegExp(`^\\? ${check}: the check could not run: .*${answer.said}`, 'm'));
    expect(output).not.toMatch(/Unexpected token|^ +at /m);
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: '' });
    for (const other of [
      'point-in-time recovery of siem-export-local-export-ledger',
      'the dead-letter queue of exports',
      'the last tick',
    ])
      expect(output).toContain(other);
    expect(output).toMatch(/\d checks? could not run\.$/m);
  },
);

test('a stage that is not there, and AWS that is not there, end with exit code 3', async () => {
  const elsewhere = await cli('status', { stage: 'prod' });
  expect(elsewhere).toMatchObject({
    exitCode: 3,
    errors: expect.stringContaining('There is no stack siem-export-prod'),
  });
  const unreachable = await cli('status', {
    environment: { AWS_ENDPOINT_URL_CLOUDFORMATION: 'http://127.0.0.1:9' },
  });
  expect(unreachable).toMatchObject({ exitCode: 3, errors: expect.stringContaining('cannot be reached') });
});

async function cli(
  command: string,
  { stage = 'local', environment = {} }: { stage?: string; environment?: Record<string, string> } = {},
) {
  return runCommand(['--stage', stage, ...command.split(' ')], {
    folder,
    environment: {
      ...world.aws.environment,
      AWS_ENDPOINT_URL_DYNAMODB: aws.endpoint,
      AWS_ENDPOINT_URL_CLOUDFORMATION: aws.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: aws.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: aws.endpoint,
      AWS_ENDPOINT_URL_CLOUDWATCH: aws.endpoint,
      AWS_ENDPOINT_URL_SNS: aws.endpoint,
      AWS_ENDPOINT_URL_STS: world.clouds[variables.localStsEndpoint],
      AWS_MAX_ATTEMPTS: '1',
      ...environment,
    },
  });
}

/** Answers the requests to services that local mode does not emulate, and forwards the rest to local mode. */
function startAws({ aws: { environment }, resources, clouds }: World): Promise<LocalServer> {
  const { outputs, exporter } = stateOf({ aws: { environment }, resources, clouds, clockAhead: 0 });
  return startHttpServer(async (request, response) => {
    const body = await buffer(request);
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const json = (value: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const url = request.url ?? '';
    const asked: Input = JSON.parse(operation === '' ? '{}' : body.toString());
    const other = [...instead].find(([what]) => what === operation || url.includes(what))?.[1];
    if (other !== undefined)
      return response.writeHead(other.status, { 'content-type': other.type }).end(other.body);
    if ([...lost].some(what => url.includes(what) || asked.TableName === what)) {
      const name = operation.includes('Backups') ? 'TableNotFoundException' : 'ResourceNotFoundException';
      return response
        .writeHead(400, { 'x-amzn-errortype': name, 'content-type': 'application/json' })
        .end(JSON.stringify({ __type: name, message: 'Not found' }));
    }
    if (request.method === 'PUT') {
      fixed.add(`mapping ${url.split('/').at(-1)}`);
      return json({});
    }
    if (url.includes('/account-settings'))
      return json({ AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 900 } });
    if (url.includes('/event-source-mappings'))
      return json({
        EventSourceMappings: [
          {
            UUID: '1234',
            // A change takes effect later.
            State: fixed.has('mapping 1234') ? 'Enabling' : 'Disabled',
            ScalingConfig: { MaximumConcurrency: 50 },
          },
        ],
      });
    if (url.includes('/functions/')) return json({ State: 'Active', Environment: { Variables: exporter } });
    const answer = answers[operation]?.(asked);
    if (answer !== undefined) return json(answer);
    if (operation !== '') {
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]);
      const own = headers.filter(
        ([name]) => name !== 'connection' && name !== 'content-length' && name !== 'host',
      );
      const service = operation === 'PutEvents' ? 'EVENTBRIDGE' : 'DYNAMODB';
      const passed = await fetch(environment[`AWS_ENDPOINT_URL_${service}`] ?? '', {
        method: 'POST',
        headers: own,
        body,
      });
      const answered: { Table?: { TableName: string } } = JSON.parse(await passed.text());
      const DeletionProtectionEnabled = fixed.has(`table ${answered.Table?.TableName}`);
      return response
        .writeHead(passed.status, { 'content-type': 'application/json' })
        .end(
          JSON.stringify(
            answered.Table ? { Table: { ...answered.Table, DeletionProtectionEnabled } } : answered,
          ),
        );
    }
    const form = new URLSearchParams(body.toString());
    if (form.get('Action') === 'GetTopicAttributes') {
      const topic = form.get('TopicArn')?.split('-').at(-1) ?? '';
      if (refused.has(topic))
        return response
          .writeHead(403, { 'content-type': 'text/xml' })
          .end(refusalXml('sns:GetTopicAttributes'));
      return response
        .writeHead(200, { 'content-type': 'text/xml' })
        .end(topicXml(subscriptions.get(topic) ?? {}));
    }
    stackName = form.get('StackName') ?? '';
    const known = stackName === 'siem-export-local';
    return response.writeHead(known ? 200 : 400, { 'content-type': 'text/xml' }).end(
      known
        ? stackXml({
            ...outputs,
            PageTopicArn: topicOf('local', 'page'),
            TicketTopicArn: topicOf('local', 'ticket'),
          })
        : missingStackXml,
    );
  });
}

type Input = { readonly TableName?: string; readonly Name?: string };

const answers: Readonly<Record<string, (input: Input) => object>> = {
  DescribeContinuousBackups: () => ({
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  }),
  UpdateTable: ({ TableName }) => fix(`table ${TableName}`),
  EnableRule: ({ Name }) => fix(`rule ${Name}`),
  ListRules: () => ({
    // The last one belongs to a stage local-eu, whose names have the same prefix.
    Rules: ['tick-at-00', 'tick-at-15', 'tick-at-30', 'tick-at-45', 'watch-at-40', 'eu-tick-at-15']
      .map(name => `siem-export-local-${name}`)
      .map(Name => ({
        Name,
        State: Name.endsWith('-15') && !fixed.has(`rule ${Name}`) ? 'DISABLED' : 'ENABLED',
      })),
  }),
  GetMetricStatistics: () => ({ Datapoints: [{ Maximum: 38 }] }),
  DescribeAlarms: () => ({
    MetricAlarms: ['local', 'local-eu'].map(stage => ({
      AlarmName: `siem-export-${stage}-fleet-in-trouble`,
      AlarmActions: [topicOf(stage, 'page')],
      StateValue: 'ALARM',
      StateReason: 'Threshold Crossed: 1 datapoint was greater than the threshold',
      AlarmDescription: 'page: the fleet fails',
    })),
  }),
};

function topicOf(stage: string, severity: 'page' | 'ticket'): string {
  return `arn:aws:sns:us-east-1:000000000000:siem-export-${stage}-${severity}`;
}

function fix(what: string): object {
  fixed.add(what);
  return {};
}

function stackXml(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>siem-export-local</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

function topicXml(attributes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(attributes).map(
    ([key, value]) => `<entry><key>${key}</key><value>${value}</value></entry>`,
  );
  return `<GetTopicAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><GetTopicAttributesResult><Attributes>${entries.join('')}</Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`;
}

function refusalXml(action: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>User is not authorized to perform: ${action}</Message></Error></ErrorResponse>`;
}

const missingStackXml =
  '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>';
