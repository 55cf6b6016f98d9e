import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from '../../cli/main.ts';
import { startHttpServer } from '../../local/servers/http-server.ts';
import type { Fault, SeenRequest } from './fault-proxy.ts';
import {
  type FunctionName,
  messageFor,
  type ProxiedFunctions,
  startProxiedFunctions,
} from './proxied-functions.ts';

const sessionToken = `IQoJb3JpZ2luX2VjEJr//////////${'xYz7+/'.repeat(30)}==`;
const code = 'SignatureDoesNotMatch';

/** AWS’s answer to an invalid signature: it quotes the request in the message and beside it. */
function quoted({ method, path, headers }: Pick<SeenRequest, 'method' | 'path' | 'headers'>) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const canonical = [method, path, '', ...lines].join('\n');
  const message = `The request signature we calculated does not match the signature you provided (${headers.authorization}).\n\nThe Canonical String for this request should have been\n'${canonical}'`;
  return { canonical, message };
}

/** The refusal in the format of each service. */
function refusalOf(variable: string, request: SeenRequest): Fault {
  const { canonical, message } = quoted(request);
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const error = `<Error><Code>${code}</Code><Message>${escaped(message)}</Message><CanonicalRequest>${escaped(canonical)}</CanonicalRequest></Error>`;
  const xml: Readonly<Record<string, string>> = {
    LOCAL_S3_ENDPOINT: error,
    LOCAL_STS_ENDPOINT: `<ErrorResponse>${error}</ErrorResponse>`,
  };
  const json = JSON.stringify({ __type: `com.amazonaws#${code}`, message, canonical });
  const type = xml[variable] === undefined ? 'application/x-amz-json-1.0' : 'application/xml';
  // The headers of the answer quote the request, too.
  const echo = String(request.headers['x-amz-security-token'] ?? '');
  return {
    kind: 'answer',
    status: 403,
    headers: { 'content-type': type, 'x-echo': echo },
    body: xml[variable] ?? json,
  };
}

describe('of a request that AWS quotes in its refusal nothing is logged', () => {
  let stage: ProxiedFunctions;
  beforeAll(async () => {
    stage = await startProxiedFunctions({ accounts: 3, sessionToken });
  });
  afterAll(() => stage?.close());

  const tick = { time: '2025-11-22T12:00:00Z' };
  const message = messageFor('account-1', tick.time);
  it.each<[FunctionName, string, object, string?]>([
    ['dispatcher', 'AWS_ENDPOINT_URL_DYNAMODB', tick],
    ['dispatcher', 'AWS_ENDPOINT_URL_SQS', tick],
    ['watchdog', 'AWS_ENDPOINT_URL_DYNAMODB', {}],
    ['exporter', 'AWS_ENDPOINT_URL_DYNAMODB', message],
    ['exporter', 'AWS_ENDPOINT_URL_DYNAMODB', message, 'Query'],
    ['exporter', 'AWS_ENDPOINT_URL_SECRETS_MANAGER', message],
    ['exporter', 'LOCAL_S3_ENDPOINT', message],
    ['exporter', 'LOCAL_STS_ENDPOINT', messageFor('by-role', tick.time)],
    ['exporter', 'AWS_ENDPOINT_URL_EVENTBRIDGE', message],
    // Its message is postponed, which is refused as well.
    [
      'exporter',
      'AWS_ENDPOINT_URL_SQS',
      {
        Records: [
          {
            messageId: '1',
            receiptHandle: '1',
            body: 'none of ours',
            attributes: { ApproximateReceiveCount: '1' },
          },
        ],
      },
    ],
  ])('%s, %s', async (name, variable, event, operation = '') => {
    const secrets = new Set<string>([sessionToken]);
    for (const [own, proxy] of stage.proxies)
      proxy.onRequest = request => {
        const target = String(request.headers['x-amz-target'] ?? '');
        if (own !== variable || !target.endsWith(operation)) return { kind: 'pass' };
        const { authorization = '', 'x-amz-security-token': token } = request.headers;
        for (const secret of [token, /Signature=(.*)/.exec(authorization)?.[1]])
          if (secret !== undefined) secrets.add(String(secret));
        return refusalOf(variable, request);
      };
    const { invoke, log } = await stage.start(name);
    const outcome = await invoke(event).then(JSON.stringify, String);
    const evidence = `${log()}\n${outcome}`;
    expect(secrets.size).toBeGreaterThan(1);
    expect(evidence).toContain(code);
    expectNothingOf(secrets, evidence);
  });
});

describe('of a request that AWS quotes in its refusal', () => {
  it('the command line prints nothing', async () => {
    const secrets = new Set<string>([sessionToken]);
    const server = await startHttpServer((request, response) => {
      const { method = '', url: path = '', headers } = request;
      secrets.add(/Signature=(.*)/.exec(headers.authorization ?? '')?.[1] ?? '');
      const { message } = quoted({ method, path, headers });
      const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
      response.writeHead(403, { 'content-type': 'text/xml' }).end(`<ErrorResponse>${error}</ErrorResponse>`);
    });
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'ASIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    vi.stubEnv('AWS_SESSION_TOKEN', sessionToken);
    vi.stubEnv('AWS_ENDPOINT_URL', server.endpoint);
    let printed = '';
    const outlet = () =>
      new PassThrough().on('data', bytes => {
        printed += String(bytes);
      });
    try {
      await runCommandLine(['status', '--stage', 'dev', '--region', 'eu-central-1'], {
        input: process.stdin,
        output: outlet(),
        errors: outlet(),
        putClockForward: () => undefined,
      });
    } finally {
      vi.unstubAllEnvs();
      await server.close();
    }
    expect(secrets.size).toBeGreaterThan(1);
    expect(printed).toContain(code);
    expectNothingOf(secrets, printed);
  });
});

function expectNothingOf(secrets: Iterable<string>, evidence: string): void {
  for (const secret of secrets) {
    expect(evidence).not.toContain(secret.slice(0, 16));
    expect(evidence).not.toContain(secret.slice(-16));
  }
  expect(evidence).not.toContain('x-amz-');
}
