import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buckets } from '../../cli/tour/customers.ts';
import { startWorld, type World } from '../../cli/tour/world.ts';
import { type LocalServer, startHttpServer } from '../../local/servers/http-server.ts';
import { stateOf } from '../../local/state.ts';
import { runCommand } from './command-line.ts';

let world: World;
let aws: LocalServer;
let folder: string;
let stackName = '';

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

test('the doctor looks at what only AWS has', async () => {
  const { exitCode, output } = await cli('doctor');
  expect(exitCode).toBe(1);
  expect(output).toContain('✓ point-in-time recovery of siem-export-local-accounts');
  expect(output).toContain(
    'aws dynamodb update-table --table-name siem-export-local-accounts --deletion-protection-enabled',
  );
  expect(output).toContain('✓ function siem-export-local-exporter: Active');
  expect(output).toContain('aws lambda update-event-source-mapping --uuid 1234 --enabled');
  expect(output).toContain('aws events enable-rule --name siem-export-local-dispatcher-at-15');
  expect(output).toContain('siem-export-local-exports-failed: critical');
});

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
      AWS_MAX_ATTEMPTS: '1',
      ...environment,
    },
  });
}

/** The services that local mode has no use for, as far as they are asked; what is DynamoDB's goes on to Dynalite. */
function startAws({ aws: { environment }, resources }: World): Promise<LocalServer> {
  const { outputs, exporter } = stateOf({ aws: { environment }, resources, clouds: {}, clockAhead: 0 });
  return startHttpServer(async (request, response) => {
    const body = await buffer(request);
    const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
    const json = (value: object) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const url = request.url ?? '';
    if (url.includes('/event-source-mappings'))
      return json({ EventSourceMappings: [{ UUID: '1234', State: 'Disabled' }] });
    if (url.includes('/functions/')) return json({ State: 'Active', Environment: { Variables: exporter } });
    if (operation in answers) return json(answers[operation] ?? {});
    if (operation !== '') {
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]);
      const own = headers.filter(
        ([name]) => name !== 'connection' && name !== 'content-length' && name !== 'host',
      );
      const passed = await fetch(environment.AWS_ENDPOINT_URL_DYNAMODB ?? '', {
        method: 'POST',
        headers: own,
        body,
      });
      return response
        .writeHead(passed.status, { 'content-type': 'application/json' })
        .end(await passed.text());
    }
    stackName = new URLSearchParams(body.toString()).get('StackName') ?? '';
    const known = stackName === 'siem-export-local';
    return response
      .writeHead(known ? 200 : 400, { 'content-type': 'text/xml' })
      .end(known ? stackXml(outputs) : missingStackXml);
  });
}

const answers: Readonly<Record<string, object>> = {
  DescribeContinuousBackups: {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' },
    },
  },
  ListRules: {
    Rules: [
      { Name: 'siem-export-local-dispatcher-at-00', State: 'ENABLED' },
      { Name: 'siem-export-local-dispatcher-at-15', State: 'DISABLED' },
    ],
  },
  DescribeAlarms: {
    MetricAlarms: [
      {
        AlarmName: 'siem-export-local-exports-failed',
        StateValue: 'ALARM',
        AlarmDescription: 'critical: exports fail',
      },
    ],
  },
};

function stackXml(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>siem-export-local</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

const missingStackXml =
  '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack does not exist</Message></Error></ErrorResponse>';
