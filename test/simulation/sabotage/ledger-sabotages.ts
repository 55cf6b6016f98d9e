import type { Sabotage } from './sabotage.ts';

/** Faults in what is delivered next, in the rows that are read for it, and in the ledger. */
export const ledgerSabotages: readonly Sabotage[] = [
  {
    name: 'no intent',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: 'SET intent = :intent, version = :next $',
        replacement: 'SET planned = :intent, version = :next $',
      },
    ],
  },
  {
    name: 'recipe read from the account instead of the intent',
    edits: [
      {
        file: 'domain/plan.ts',
        text: 'resumedIntent(account, cursor, limits) ??',
        replacement: 'cursor.intent ? { ...cursor.intent, recipe: recipeOf(account, limits) } :',
      },
    ],
  },
  {
    name: 'a file is cut shorter after any failure',
    edits: [{ file: 'domain/plan.ts', text: "lastError?.code === 'out_of_time'", replacement: 'lastError' }],
  },
  {
    name: 'a file that may have been written is cut anew',
    edits: [{ file: 'domain/plan.ts', text: 'if (attempts.length > 0) return partBytes;', replacement: '' }],
  },
  {
    name: 'a file is cut anew while another exporter begins it',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: "cursor.attempts.length === 0 ? ' AND attribute_not_exists(attempts)' : ''",
        replacement: "''",
      },
    ],
  },
  {
    name: 'an attempt at another place counts',
    edits: [{ file: 'domain/cursor.ts', text: ' && placeOfAttempt(attempt) === place)', replacement: ')' }],
  },
  {
    name: 'a storage account is no part of the place',
    edits: [{ file: 'domain/recipe.ts', text: '[account, bucket, prefix]', replacement: '[bucket, prefix]' }],
  },
  {
    name: 'attempts that pile up without end',
    edits: [
      {
        file: 'domain/cursor.ts',
        text: 'othersAtPlace(attempts, mine) < mostAttemptsAtPlace',
        replacement: 'true',
      },
    ],
  },
  {
    name: 'inclusive upper bound',
    edits: [
      {
        file: 'aws/audit-log.ts',
        text: 'return { query, excluded: to };',
        replacement: 'return { query, excluded: undefined };',
      },
    ],
  },
  {
    name: 'part number not in the key',
    edits: [
      {
        file: 'domain/object-key.ts',
        text: "return part === 1 ? '' :",
        replacement: "return part > 0 ? '' :",
      },
    ],
  },
  {
    name: 'a part begins at the start of the window',
    edits: [
      {
        file: 'aws/audit-log.ts',
        text: 'after === undefined ? undefined : startKey(source, accountId, after)',
        replacement: 'undefined',
      },
    ],
  },
  {
    name: 'cursor update not conditional',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: 'ConditionExpression: condition,',
        replacement: "ConditionExpression: condition + ' OR attribute_not_exists(nothing)',",
      },
    ],
  },
  {
    name: 'commit not conditional',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: "ConditionExpression: 'version = :version',\n                    Expression",
        replacement: "ConditionExpression: 'version = :version OR attribute_not_exists(nothing)', Expression",
      },
    ],
  },
  {
    name: 'the file’s row is left out of the commit',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: '{ Put: { TableName: tableName, Item: values(row) } },',
        replacement: '',
      },
    ],
  },
  {
    name: 'the file’s row is written before the commit',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: '      const written = await ifConditionHolds(() =>\n        client.send(\n          retriedWhenThrottled(\n            new Transact',
        replacement:
          '      await client.send(new PutItemCommand({ TableName: tableName, Item: values(row) })); const written = await ifConditionHolds(() => client.send(retriedWhenThrottled(new Transact',
      },
    ],
  },
  {
    name: 'a refused commit counts as made',
    edits: [{ file: 'aws/ledger.ts', text: 'return written && next;', replacement: 'return next;' }],
  },
  {
    name: 'expiry ignored',
    edits: [
      {
        file: 'domain/plan.ts',
        text: 'addOnExpiresAt !== undefined && intent.window.end > addOnExpiresAt',
        replacement: 'false',
      },
    ],
  },
  {
    name: 'pause ignored',
    edits: [{ file: 'domain/plan.ts', text: "if (status === 'paused')", replacement: 'if (false)' }],
  },
  {
    name: 'a stop skips windows',
    edits: [
      {
        file: 'domain/plan.ts',
        text: '?? firstPart(account, cursor, limits);',
        replacement:
          '?? firstPart(account, cursor.stopped ? { ...cursor, exportedThrough: firstPosition({ ...account, exportFrom: undefined }, tick) } : cursor, limits);',
      },
    ],
  },
  {
    name: 'newest window first',
    edits: [
      {
        file: 'domain/plan.ts',
        text: '?? firstPart(account, cursor, limits);',
        replacement:
          '?? firstPart(account, { ...cursor, exportedThrough: Math.max(cursor.exportedThrough, firstPosition({ ...account, exportFrom: undefined }, tick)) }, limits);',
      },
    ],
  },
  {
    name: 'the last boundary of a repeated hour',
    edits: [
      {
        file: 'domain/window.ts',
        text: 'if (offsetAt(reading - before) === before) return reading - before;',
        replacement:
          'if (offsetAt(reading - before) === before && offsetAt(reading - after) !== after) return reading - before;',
      },
    ],
  },
];
