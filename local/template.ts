import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { contextKey, readConfiguration } from '../lib/config.ts';
import { SiemExportStack } from '../lib/stack.ts';

/** A resource of a CloudFormation template; only the parts used here. */
export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/**
 * No row is written late, so no settle time is needed. Alarms notify nobody, but without an address the synthesis
 * would warn.
 */
const localStage = {
  stage: 'local',
  settleMinutes: 0,
  alarmEmail: 'nobody@example.com',
  productName: 'Example SaaS',
  vendorName: 'Example',
};

/**
 * The template of the stack for the stage `local`, synthesised in this process. Functions contain no code, because
 * local mode runs their sources. `npm run synth` validates the template, not this.
 */
export function synthesizeTemplate(settings: Readonly<Record<string, unknown>> = {}): Template {
  const outdir = mkdtempSync(join(tmpdir(), 'siem-export-local-'));
  try {
    const context = { ...cdkContext(), [contextKey]: { ...localStage, ...settings } };
    const app = new App({ context, outdir, builtinCloudFormationValidation: false });
    const code = Code.fromInline('exports.handler = async () => {};');
    const stack = new SiemExportStack(app, 'siem-export-local', {
      configuration: readConfiguration(context),
      code: { dispatcher: code, exporter: code, watchdog: code },
    });
    return app.synth().getStackByName(stack.stackName).template as Template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function cdkContext(): Readonly<Record<string, unknown>> {
  const file = readFileSync(join(import.meta.dirname, '../cdk.json'), 'utf8');
  return (JSON.parse(file) as { context: Readonly<Record<string, unknown>> }).context;
}

/** The resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): ReadonlyMap<string, Resource['Properties']> {
  return new Map(
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, { Properties }]) => [logicalId, Properties]),
  );
}

/** Resolves a reference to a resource: `Ref`, or `Fn::GetAtt` with an attribute. */
export type Resolve = (logicalId: string, attribute: string | undefined) => string;

/** The value with all references resolved. */
export function resolved(value: unknown, resolve: Resolve): unknown {
  if (Array.isArray(value)) return value.map(member => resolved(member, resolve));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': getAtt } = value as { Ref?: string; 'Fn::GetAtt'?: [string, string] };
  if (Ref !== undefined) return resolve(Ref, undefined);
  if (getAtt !== undefined) return resolve(...getAtt);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member, resolve)]));
}
