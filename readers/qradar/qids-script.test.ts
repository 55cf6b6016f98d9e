import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKit } from './kit.ts';

/** It notes each request with its body, and answers as the REST API does. */
const curl = String.raw`#!/usr/bin/env bash
body=
for argument; do
  case $argument in
    @-) body=$(tr -d '\n') ;;
    filter=*) filter=$argument ;;
    https://*) url=$argument ;;
  esac
  [ "$last" != --config ] || config=$(cat "$argument")
  [ "$last" != --request ] || method=$argument
  last=$argument
done
printf '%s\t' "$method $url" "$config" "$*" "$body" >>"$REQUESTS"
echo >>"$REQUESTS"
case $method-$url in
  GET-*/log_source_types) echo '[{"id": 1, "name": "Another"}, {"id": 4001, "name": "Example SaaS audit log"}]' ;;
  GET-*) echo "$FOUND" ;;
  POST-*) echo '{"id": 77, "identifier": "an-identifier"}' ;;
esac
`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'qids-'));
  const kit = createKit({
    accountId: 'acme',
    source: { type: 's3', bucket: 'acme-audit', region: 'eu-central-1' },
    folder: 'audit/YWNtZQ/',
    compression: 'gzip',
    product: { name: 'Example SaaS', vendor: 'Example' },
    actions: [{ kind: 'exact', text: 'Signed in', verb: 'login', outcome: 'success' }],
  });
  const files = [...kit, { path: 'curl', text: curl }].filter(({ path }) => !path.includes('/'));
  for (const { path, text } of files) {
    writeFileSync(join(folder, path), text);
    if (path === 'curl') chmodSync(join(folder, path), 0o755);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

interface Request {
  readonly request: string;
  readonly header: string;
  readonly body: string;
  readonly arguments: string;
}

function run(found: string): { output: string; requests: Request[] } {
  const requests = join(folder, 'requests');
  rmSync(requests, { force: true });
  const { stdout, stderr, status } = spawnSync('bash', [join(folder, 'qids.sh')], {
    encoding: 'utf8',
    input: 'a-token\n',
    env: {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      QRADAR_HOST: 'qradar.example.com',
      REQUESTS: requests,
      FOUND: found,
    },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const lines = readFileSync(requests, 'utf8').trimEnd().split('\n');
  return { output: stdout, requests: lines.map(requestIn) };
}

function requestIn(line: string): Request {
  const [request = '', header = '', words = '', body = ''] = line.split('\t');
  return { request, header, arguments: words, body };
}

describe('qids.sh', () => {
  it('makes a QID record and an event mapping for each meaning, and the custom properties, and shows the token to QRadar only', () => {
    const { output, requests } = run('[]');
    const posts = requests.filter(({ request }) => request.startsWith('POST '));
    const made = posts.map(({ request, body }) => [request.split('/api/')[1], JSON.parse(body)]);
    expect(made.slice(0, 2)).toEqual([
      [
        'data_classification/qid_records',
        {
          log_source_type_id: 4001,
          name: 'Login succeeded',
          description: 'Login succeeded',
          low_level_category_id: 3115,
          severity: 1,
        },
      ],
      [
        'data_classification/dsm_event_mappings',
        {
          log_source_type_id: 4001,
          log_source_event_id: 'login success',
          log_source_event_category: 'siem-export',
          qid_record_id: 77,
        },
      ],
    ]);
    expect(made.slice(4, 6)).toEqual([
      [
        'config/event_sources/custom_properties/regex_properties',
        {
          name: 'Audit Export Action',
          description: 'Audit Export Action',
          property_type: 'string',
          use_for_rule_engine: true,
        },
      ],
      [
        'config/event_sources/custom_properties/property_json_expressions',
        {
          regex_property_identifier: 'an-identifier',
          log_source_type_id: 4001,
          expression: '/"Action"',
          enabled: true,
        },
      ],
    ]);
    expect(made).toHaveLength(2 * 2 + 4 * 2);
    expect(output).toContain('login success: Login succeeded\n');
    expect(new Set(requests.map(({ header }) => header))).toEqual(new Set(['header = "SEC: a-token"']));
    expect(requests.filter(({ arguments: words }) => words.includes('a-token'))).toEqual([]);
    expect(output).not.toContain('a-token');
  });

  it('makes nothing that is there already', () => {
    const { requests } = run('[{"id": 5, "identifier": "there"}]');
    expect(requests.filter(({ request }) => request.startsWith('POST '))).toEqual([]);
  });
});
