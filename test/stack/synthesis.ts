import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { createApp } from '../../lib/app.ts';

const cdkFile = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

const inlineCode = () => {
  const code = Code.fromInline('exports.handler = async () => {};');
  return { dispatcher: code, exporter: code, watchdog: code };
};

/**
 * The stack's template as `cdk synth` would make it with cdk.json and these `-c` settings, without building code.
 * Fails if a check (cdk-nag, CloudFormation's rules) reports an error.
 */
export function synthesize(settings: Readonly<Record<string, unknown>> = {}): Template {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-synth-'));
  try {
    const context = { ...cdkFile.context, ...settings };
    const { app, stack } = createApp({ code: inlineCode, context, outputFolder: folder });
    return Template.fromJSON(app.synth().getStackByName(stack.stackName).template);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
