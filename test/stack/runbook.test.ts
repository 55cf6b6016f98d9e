import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { savedQueries } from '../../lib/log-queries.ts';
import { synthesize } from './synthesis.ts';
import { resourcesOf } from './template-reading.ts';

const projectFolder = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');
const runbook = read('docs/operator/runbook.md');

const alarms = Object.values(
  resourcesOf<{ AlarmName: string; AlarmDescription: string }>(
    synthesize({ recountAfterHours: 24 }),
    'AWS::CloudWatch::Alarm',
  ),
).map(({ AlarmName, AlarmDescription }) => ({
  name: AlarmName.replace('siem-export-dev-', ''),
  severity: AlarmDescription.split(':')[0] ?? '',
}));

/** The runbook’s section for each alarm. */
const sections = new Map(
  runbook
    .slice(runbook.indexOf('\n## Alarms\n'))
    .split(/^### /m)
    .slice(1)
    .map(text => [text.slice(0, text.indexOf('\n')), text] as const),
);

describe('the runbook', () => {
  test('has a heading for every alarm, and none for an alarm that there is not', () => {
    expect([...sections.keys()].sort()).toEqual(alarms.map(({ name }) => name).sort());
  });

  test.each(alarms)('says for $name its severity, what it means, how to look and how to fix it', alarm => {
    const section = sections.get(alarm.name) ?? '';
    expect(section.toLowerCase()).toContain(`\n${alarm.severity}.\n`);
    const parts = ['**Means.**', '**Look.**', '**Fix.**'].map(part => section.indexOf(part));
    expect(parts.every(at => at > 0)).toBe(true);
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
    expect(section).toContain('```sh\n');
  });

  test('uses every saved query, by its name', () => {
    for (const name of Object.keys(savedQueries)) expect(runbook).toContain(`\`${name}\``);
  });
});
