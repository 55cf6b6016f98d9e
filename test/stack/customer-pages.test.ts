import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditRecord, defaultAttributes, recordColumns } from '../../lambdas/domain/audit-record.ts';
import { encodeAccountId } from '../../lambdas/domain/object-key.ts';
import { shellCommands } from '../end-to-end/shell-commands.ts';
import { readPage } from './document-pages.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'siem-export-customer-pages-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the command for <account>', () => {
  const command = commandOf('docs/customer/files.md', 'printf ');

  test.each(['acme', 'Zoë?>~ 😀', 'a'.repeat(128)])('prints what is in the keys of %s', accountId => {
    expect(shell(command.replace('acme', accountId))).toBe(encodeAccountId(accountId));
  });
});

describe('the list of a series', () => {
  const command = commandOf('docs/customer/verify.md', 'aws s3api list-objects-v2');
  const series = ['00 04 1', '04 08 1', '08 12 1', '08 12 2', '12 16 1'];

  test('says that a complete one has no gap', () => {
    expect(listed(series)).toEqual(['5 files from 00 to 16, 0 gaps']);
  });

  test.each([
    ['a window', ['00 04 1', '08 12 1'], 'missing between 04 part 1 and 12 part 1'],
    ['the first part', ['00 04 1', '04 08 2'], 'missing between 04 part 1 and 08 part 2'],
    ['a part between', ['00 04 1', '00 04 3'], 'missing between 04 part 1 and 04 part 3'],
    ['the first part of all', ['00 04 2', '04 08 1'], 'part 1 is missing of the window that ends 04'],
  ])('shows that %s is missing', (_what, files, gap) => {
    expect(listed(files)).toEqual([gap, expect.stringContaining(', 1 gaps')]);
  });

  /** What it prints of files with these values of `windowstart`, `windowend` and `part`. */
  function listed(files: readonly string[]): string[] {
    const answers = files.map((file, index) => `key${index}) printf '${file.replaceAll(' ', '\\t')}\\n' ;;`);
    const keys = files.map((_file, index) => `key${index}`).join('\\n');
    writeFileSync(
      join(folder, 'aws'),
      `#!/bin/sh\ncase "$2 $6" in\nlist*) printf '${keys}\\n'; exit ;; esac\ncase "$6" in\n${answers.join('\n')}\nesac\n`,
    );
    chmodSync(join(folder, 'aws'), 0o755);
    return shell(command).trimEnd().split('\n');
  }
});

describe('the page for Splunk', () => {
  const page = readPage('docs/customer/splunk.md');
  const setting = (name: string) => new RegExp(`^${name} = (.*)$`, 'm').exec(page)?.[1] ?? '';
  const row = {
    recordedAt: '2026-11-22T17:42:08.120Z#1',
    description: 'two\nlines\u2028or \u0085three',
  };
  const { json } = auditRecord(row, defaultAttributes);

  test('has policies and settings of AWS in the form that AWS reads', () => {
    const blocks = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text = '']) => JSON.parse(text));
    const queue = blocks.find(block => 'RedrivePolicy' in block);
    expect(JSON.parse(queue.RedrivePolicy).deadLetterTargetArn).toMatch(/:siem-export-splunk-failed$/);
    const { QueueArn } = blocks.find(block => 'QueueConfigurations' in block).QueueConfigurations[0];
    expect(JSON.parse(queue.Policy).Statement[0].Resource).toBe(QueueArn);
  });

  test('finds the time at the beginning of each record', () => {
    const prefix = new RegExp(setting('TIME_PREFIX')).exec(json)?.[0] ?? '';
    const ahead = json.slice(prefix.length, prefix.length + Number(setting('MAX_TIMESTAMP_LOOKAHEAD')));
    const format = setting('TIME_FORMAT')
      .replaceAll('%Y', '\\d{4}')
      .replaceAll('%3N', '\\d{3}')
      .replaceAll(/%[mdHMS]/g, '\\d{2}');
    expect(ahead).toMatch(new RegExp(`^${format}"`));
  });

  test('breaks the lines of a file into its records', () => {
    expect(
      `${json}\n${json}\n`.split(new RegExp(setting('LINE_BREAKER'))).filter(text => text.trim()),
    ).toEqual([json, json]);
  });

  test('puts a record into the bucket that has the form of a delivered one', () => {
    const command = commandOf('docs/customer/splunk.md', 'printf ');
    shell(command);
    const lines = gunzipSync(readFileSync(join(folder, 'test_1.json.gz'))).toString();
    const record = JSON.parse(lines);
    expect(Object.keys(record)).toEqual(recordColumns.map(([key]) => key));
    expect(page).toContain(`sourcetype="siem_export:audit" "IP Address"="${record['IP Address']}"`);
    expect(lines).toMatch(new RegExp(setting('TIME_PREFIX')));
  });
});

function commandOf(page: string, beginning: string): string {
  const [command] = shellCommands(readPage(page)).filter(text => text.startsWith(beginning));
  if (command === undefined) throw new Error(`${page} has no command that begins with ${beginning}`);
  return command;
}

function shell(command: string): string {
  const PATH = [folder, process.env.PATH].join(delimiter);
  return execFileSync('sh', ['-c', command], {
    cwd: folder,
    env: { ...process.env, PATH },
    encoding: 'utf8',
  });
}
