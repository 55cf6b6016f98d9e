import type { Command } from 'commander';
import { z } from 'zod';
import { toIso } from '../../lambdas/domain/instant.ts';
import type { Run } from '../run.ts';
import type { CommandContext } from '../stage/context.ts';
import { askLocalMode } from '../stage/target/local-control.ts';
import { stateFileOf } from '../stage/target/open-target.ts';
import { readLocalState } from '../stage/target/state-file.ts';
import { CommandError } from '../terminal/command-error.ts';
import type { Report } from '../terminal/report.ts';
import { counted, parseInstant, utcTime } from '../terminal/wording.ts';

export function registerTick(program: Command, run: Run): void {
  program
    .command('tick')
    .description('local mode only: advance time by sending the ticks that EventBridge would send')
    .option('--until <instant>', 'advance to this instant; by default by four hours')
    .action(run(tick));
}

const answer = z.object({ ticks: z.number(), lastTick: z.string(), files: z.number(), failures: z.number() });

async function tick(context: CommandContext, options: { readonly until?: string }): Promise<Report> {
  const until = options.until === undefined ? undefined : parseInstant(options.until, '--until');
  const stateFile = stateFileOf(context.connection);
  if (stateFile === undefined)
    throw new CommandError('usage', 'A deployed stage gets its ticks from EventBridge: give --local');
  const { control } = await readLocalState(stateFile);
  if (control === undefined) throw new CommandError('usage', 'This local mode does not accept ticks');
  const question = { until: until === undefined ? undefined : toIso(until) };
  const sent = answer.parse(await askLocalMode(control, 'ticks', question));
  return {
    json: sent,
    lines: () => [
      `${counted(sent.ticks, 'tick')} sent, up to ${utcTime(Date.parse(sent.lastTick))}. ${counted(sent.files, 'file')} delivered, ${counted(sent.failures, 'failure')}.`,
    ],
  };
}
