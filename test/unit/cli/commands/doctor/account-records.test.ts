import { ResourceNotFoundException, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { checkRecords } from '../../../../../cli/commands/doctor/account-records.ts';
import { answeringTarget } from '../../answering-target.ts';

const record = {
  accountId: 'acme',
  timeZone: 'UTC',
  status: 'active',
  destination: { type: 'gcs', bucket: 'acme-audit' },
  secretId: 'siem-export/prod/acme',
};

/** Checks the records of a table, one on each page. */
function check(...records: readonly object[]) {
  return checkRecords(
    answeringTarget({
      records: [],
      answer(command) {
        if (!(command instanceof ScanCommand)) throw new Error('only a scan is expected');
        const page = Number(command.input.ExclusiveStartKey?.page?.N ?? 0);
        const next = { page: { N: String(page + 1) } };
        return {
          Items: records.slice(page, page + 1).map(each => marshall(each)),
          ...(page + 1 < records.length && { LastEvaluatedKey: next }),
        };
      },
    }),
  );
}

test('records that do what their author meant are all right', async () => {
  expect(await check(record, { ...record, reader: 'splunk', compression: 'none' })).toEqual([
    { name: 'attributes of account records', outcome: 'ok', detail: 'all known' },
    { name: 'files that their readers can read', outcome: 'ok', detail: 'all' },
  ]);
});

test('unknown attributes, and files that the reader cannot read, are warnings with an example', async () => {
  const misspelt = { ...record, accountId: 'globex', emptyWindow: 'skip' };
  const unfit = { ...record, accountId: 'hooli', reader: 'splunk' };
  const both = { ...unfit, accountId: 'initech', plan: 'gold' };
  expect(await check(record, misspelt, unfit, both)).toEqual([
    {
      name: 'attributes of account records',
      outcome: 'warning',
      detail: '2 accounts with unknown attributes',
      remedy: 'siem-export --stage prod account show globex',
    },
    {
      name: 'files that their readers can read',
      outcome: 'warning',
      detail: '2 accounts whose reader cannot read the files',
      remedy: 'siem-export --stage prod account show hooli',
    },
  ]);
});

test('invalid records are told elsewhere', async () => {
  const [, files] = await check({ ...record, reader: 'splunk', status: 'on' });
  expect(files).toMatchObject({ outcome: 'ok' });
});

test('without a table there is one check, which fails', async () => {
  const target = answeringTarget({
    records: [],
    answer() {
      throw new ResourceNotFoundException({ message: 'no table', $metadata: {} });
    },
  });
  expect(await checkRecords(target)).toMatchObject([
    { name: 'attributes of account records', outcome: 'failing' },
  ]);
});
