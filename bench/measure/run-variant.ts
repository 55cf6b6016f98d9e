import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Measured } from './child.ts';
import type { CpuQuota } from './cpu-quota.ts';

export interface VariantRun {
  /** The file of the bundle with the variants. */
  readonly program: string;
  readonly variant: string;
  readonly settings: object;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Pins the process to this number of processors; all by default. */
  readonly cpus?: number | undefined;
  /** Limits the process's processor time; no limit by default. */
  readonly quota?: CpuQuota | undefined;
}

/** Much longer than any variant takes. */
const killAfter = 30 * 60_000;

/** Runs a variant in its own process. Its output is shown only if it fails. */
export async function runVariant<Outcome>(run: VariantRun): Promise<Measured<Outcome>> {
  const { program, variant, settings, environment, cpus, quota } = run;
  const command = [process.execPath, program, variant, JSON.stringify(settings)];
  const pinned = cpus === undefined ? command : ['taskset', '-c', `0-${cpus - 1}`, ...command];
  const [executable = '', ...argv] = pinned;
  const child = spawn(executable, argv, {
    env: { ...withoutNodeOptions(process.env), ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    timeout: killAfter,
    killSignal: 'SIGKILL',
  });
  const release = child.pid === undefined ? undefined : quota?.hold(child.pid);
  const [measured, output] = await Promise.all([resultOf(child), outputOf(child)]);
  release?.();
  if (measured === undefined) throw new Error(`The variant ${variant} failed:\n${output}`);
  return measured as Measured<Outcome>;
}

async function resultOf(child: ChildProcess): Promise<unknown> {
  let result: unknown;
  child.on('message', message => {
    result = message;
  });
  const [code] = await once(child, 'exit');
  return code === 0 ? result : undefined;
}

async function outputOf({ stdout, stderr }: ChildProcess): Promise<string> {
  let output = '';
  const keep = async (stream: AsyncIterable<Buffer> | null) => {
    for await (const chunk of stream ?? []) output = `${output}${chunk}`.slice(-10_000);
  };
  await Promise.all([keep(stdout), keep(stderr)]);
  return output;
}

/** Options that are meant for this process, such as a debugger's, would change the measured one. */
function withoutNodeOptions({ NODE_OPTIONS: _, ...environment }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return environment;
}
