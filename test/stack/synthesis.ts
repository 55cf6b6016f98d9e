import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { createApp } from '../../lib/app.ts';
import type { FunctionCode } from '../../lib/function-code.ts';

const cdkFile = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

/** The CDK context in cdk.json. */
export const cdkContext: Readonly<Record<string, unknown>> = cdkFile.context;

/** Functions that do nothing, for tests that do not need code. */
export const inlineCode = (): FunctionCode => {
  const code = Code.fromInline('exports.handler = async () => {};');
  return { dispatcher: code, exporter: code, watchdog: code };
};

/** The alarm address of the test stages; without one, every synthesis would warn. */
export const alarmEmail = 'operations@example.com';

const synthesized = new Map<string, Template>();

/**
 * The template that `cdk synth` makes with cdk.json and these `-c` settings, without building code. Cached for the
 * same settings, because it takes a second. Fails if a check (cdk-nag, CloudFormation’s rules) reports an error.
 */
export function synthesize(settings: Readonly<Record<string, unknown>> = {}): Template {
  const key = JSON.stringify(settings);
  const template = synthesized.get(key) ?? synthesizeAfresh(settings);
  synthesized.set(key, template);
  return template;
}

function synthesizeAfresh(settings: Readonly<Record<string, unknown>>): Template {
  const folder = mkdtempSync(join(tmpdir(), 'siem-export-synth-'));
  try {
    const context = { ...cdkContext, alarmEmail, ...settings };
    const { app, stack } = createApp({ code: inlineCode, context, outputFolder: folder });
    return Template.fromJSON(app.synth().getStackByName(stack.stackName).template);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
