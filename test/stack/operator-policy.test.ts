import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const projectFolder = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(projectFolder, path), 'utf8');

const commandFiles = readdirSync(join(projectFolder, 'cli'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.startsWith('tour/'))
  .map(name => join('cli', name));

/** What the commands share with the functions runs with the operator's rights, too. */
const sharedFiles = new Set(
  commandFiles.flatMap(file =>
    [...read(file).matchAll(/'([./]+\/lambdas\/aws\/[\w-]+\.ts)'/g)].map(([, path = '']) =>
      relative(projectFolder, join(projectFolder, dirname(file), path)),
    ),
  ),
);

/** The ledger's writer and the audit log's reader lie beside what the commands use of the same file. */
const requests = new Set(
  [...commandFiles, ...sharedFiles].flatMap(file =>
    [...read(file).matchAll(/new (\w+)Command\(|paginate(\w+)\(/g)].map(
      ([, command, paginated]) => command ?? paginated ?? '',
    ),
  ),
);

test('the operators’ policy allows every request that the command line sends, and no other', () => {
  const [policy = ''] =
    read('docs/deploy.md').split('### Who operates')[1]?.split('```')[1]?.split('json\n').slice(1) ?? [];
  const { Statement } = JSON.parse(policy) as { Statement: { Sid: string; Action: string | string[] }[] };
  const allowed = Statement.filter(({ Sid }) => Sid !== 'TheStacksKey')
    .flatMap(({ Action }) => Action)
    .map(action => action.split(':')[1]);
  expect([...requests].filter(name => name !== '').sort()).toEqual(allowed.toSorted());
});
