import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Instant, toIso } from '../../lambdas/domain/instant.ts';
import { triggerMinutes } from '../../lib/trigger-rules.ts';
import type { OutputFolder } from '../delivery/output-folder.ts';
import type { Progress } from '../progress.ts';
import { synthesizeTemplate } from '../template.ts';
import { alarmsOf, type StackAlarm } from './alarms.ts';
import { eventOf } from './event.ts';
import { startStage } from './stage.ts';
import { type Entry, weekendTable } from './table.ts';
import { AlarmWatch } from './watch.ts';
import { happenings, provisionWeekend, weekend } from './weekend.ts';

const minute = 60_000;
const tickInterval = 15 * minute;
/** Alarms on missing data are not evaluated before this: without any past data they would fire. */
const settled = 3 * 60 * minute;
const runbook = fileURLToPath(new URL('../../docs/operator/runbook.md', import.meta.url));

/**
 * Plays a weekend in which a customer, the vendor’s audit log and a cloud fail one after the other, and prints which
 * alarms page and which wait. Then lists every alarm with its heading in the runbook, and writes the events that
 * CloudWatch would send.
 *
 * @returns the exit code: 1 if the runbook has no heading for an alarm
 */
export async function rehearse(out: OutputFolder, progress: Progress): Promise<0 | 1> {
  const alarms = alarmsOf(synthesizeTemplate({ recountAfterHours: 24 }));
  const entries = await liveThrough(alarms, out, progress);
  progress.end();
  progress.say(`\n${weekendTable(entries)}\n`);
  return hearAll(alarms, out, progress);
}

async function liveThrough(
  alarms: readonly StackAlarm[],
  out: OutputFolder,
  progress: Progress,
): Promise<Entry[]> {
  const stage = await startStage(join(out.path, 'local.json'), out.log);
  const watch = new AlarmWatch(alarms, stage.metrics);
  const entries: Entry[] = [];
  const [watchMinute = 0] = triggerMinutes.watch;
  try {
    await stage.world.setClock(weekend.start);
    await provisionWeekend(stage);
    for (let tick: Instant = weekend.start; tick <= weekend.end; tick += tickInterval) {
      progress.update(`${toIso(tick).slice(0, 16).replace('T', ' ')} UTC`);
      for (const { at, what, happen } of happenings)
        if (at === tick) {
          await happen(stage);
          entries.push({ at, what });
        }
      await stage.world.tick(tick);
      if (Math.floor(watchMinute / 15) * 15 * minute === tick % (60 * minute))
        await stage.world.watch(tick + (watchMinute % 15) * minute);
      await stage.sampleQueues(tick);
      // The output of a thread arrives shortly after its answer.
      await pause(5);
      if (tick >= weekend.start + settled) entries.push(...watch.look(tick));
    }
    return entries;
  } finally {
    await stage.close();
  }
}

async function hearAll(alarms: readonly StackAlarm[], out: OutputFolder, progress: Progress): Promise<0 | 1> {
  const headings = new Set(
    [...(await readFile(runbook, 'utf8')).matchAll(/^### (.+)$/gm)].map(([, heading]) => heading),
  );
  const folder = join(out.path, 'alarms');
  await mkdir(folder, { recursive: true });
  let missing = 0;
  for (const alarm of alarms) {
    const { name, severity, meaning } = alarm;
    await writeFile(
      join(folder, `${name}.json`),
      `${JSON.stringify(eventOf(alarm, weekend.end), null, 2)}\n`,
    );
    const found = headings.has(name);
    if (!found) missing++;
    progress.say(`${found ? '✓' : '✗'} ${severity.padEnd(6)} docs/operator/runbook.md#${name}: ${meaning}`);
  }
  progress.say(`\nThe event of each alarm, as sent to its topic, is in ${folder}.`);
  return missing === 0 ? 0 : 1;
}
