import type { Sabotage } from './sabotage.ts';

/** Faults in what is delivered next, in the rows that are read for it, and in the ledger. */
export const ledgerSabotages: readonly Sabotage[] = [
  {
    name: 'no intent',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: 'SET intent = :intent, version = :next, attempts',
        replacement: 'SET planned = :intent, version = :next, attempts',
      },
    ],
  },
  {
    name: 'recipe read from the account instead of the intent',
    edits: [
      {
        file: 'domain/plan.ts',
        text: 'resumedIntent(account, cursor, now, limits) ??',
        replacement: 'cursor.intent ? { ...cursor.intent, recipe: recipeOf(account, limits) } :',
      },
    ],
  },
  {
    name: 'a file is cut shorter after any failure',
    edits: [
      {
        file: 'domain/plan.ts',
        text: 'tooLargeBytes = Number.POSITIVE_INFINITY }',
        replacement: 'failures }',
      },
      { file: 'domain/plan.ts', text: 'partBytes >= tooLargeBytes', replacement: 'failures > 0' },
    ],
  },
  {
    name: 'a file that may have been written is cut anew',
    edits: [{ file: 'domain/plan.ts', text: 'if (leftover) return leftover.partBytes;', replacement: '' }],
  },
  {
    name: 'a file is cut anew while another exporter begins it',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: "ConditionExpression: 'version = :version AND lastWrite = :seen',",
        replacement: "ConditionExpression: 'version = :version AND lastWrite <= :any',",
      },
      {
        file: 'aws/ledger.ts',
        text: "':seen': cursor.lastWrite,",
        replacement: "':any': '~',",
      },
    ],
  },
  {
    name: 'an attempt at another place counts',
    edits: [{ file: 'domain/cursor.ts', text: ' && one.place === other.place', replacement: '' }],
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
        text: 'const mostAttemptsAtPlace = 20;',
        replacement: 'const mostAttemptsAtPlace = 2000;',
      },
    ],
  },
  {
    name: 'inclusive upper bound',
    edits: [
      {
        file: 'aws/audit-log.ts',
        text: 'transcodePage(body, layout, excluded, memory)',
        replacement: 'transcodePage(body, layout, undefined, memory)',
      },
    ],
  },
  {
    name: 'part number not in the key',
    edits: [
      {
        file: 'domain/object-key.ts',
        text: "partSuffix = part === 1 ? '' :",
        replacement: "partSuffix = part > 0 ? '' :",
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
        text: '          ...update,\n',
        replacement:
          "          ...update, ConditionExpression: update.ConditionExpression + ' OR attribute_not_exists(nothing)',\n",
      },
    ],
  },
  {
    name: 'an attempt of another size tells that an object is ours',
    edits: [
      {
        file: 'domain/cursor.ts',
        text: 'canHaveCreated(other) && other.partBytes === mine.partBytes',
        replacement: 'canHaveCreated(other)',
      },
      { file: 'domain/plan.ts', text: 'if (leftover) return leftover.partBytes;', replacement: '' },
    ],
  },
  {
    name: 'an attempt that only staged tells that an object is ours',
    edits: [
      {
        file: 'domain/cursor.ts',
        text: 'isAtSamePlace(other, mine) && canHaveCreated(other) &&',
        replacement: 'isAtSamePlace(other, mine) &&',
      },
    ],
  },
  {
    name: 'an upload of several requests is noted as one that creates from the beginning',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'intent, { ...attempt, step })',
        replacement: "intent, { ...attempt, step: 'creating' })",
      },
    ],
  },
  {
    name: 'an upload of one request is noted as one that only stages',
    edits: [
      {
        file: 'exporter/deliver-part.ts',
        text: 'intent, { ...attempt, step })',
        replacement: "intent, { ...attempt, step: 'staging' })",
      },
    ],
  },
  {
    name: 'an attempt that was killed while it staged holds its size for ever',
    edits: [
      {
        file: 'domain/cursor.ts',
        text: "return step === 'creating';",
        replacement: 'return step !== undefined;',
      },
    ],
  },
  {
    name: 'an attempt that only staged is struck out without another version',
    edits: [{ file: 'aws/ledger.ts', text: ' === intent && !removesAttempts;', replacement: ' === intent;' }],
  },
  {
    name: 'a step is noted whatever the version',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: "'version = :version AND attribute_exists(attempts.#mine)',\n        ExpressionAttributeNames: { '#mine': token }",
        replacement:
          "'version > :version OR version <= :version',\n        ExpressionAttributeNames: { '#mine': token }",
      },
    ],
  },
  {
    name: 'a step that was not noted counts as noted',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: 'return noted !== undefined;\n    },\n\n    async commit(',
        replacement: 'return true;\n    },\n\n    async commit(',
      },
    ],
  },
  {
    name: 'a lease that a recorded failure does not end',
    edits: [{ file: 'aws/ledger.ts', text: "'.lease'", replacement: "'.unknown'" }],
  },
  {
    name: 'an unread record taken for none',
    edits: [
      {
        file: 'aws/batch-get.ts',
        text: '([table]) => table in requests)',
        replacement: "([table]) => table in requests && table !== 'Accounts')",
      },
    ],
  },
  {
    name: 'an unread cursor taken for none',
    edits: [
      {
        file: 'aws/batch-get.ts',
        text: '([table]) => table in requests)',
        replacement: "([table]) => table in requests && table !== 'Ledger')",
      },
    ],
  },
  {
    name: 'commit not conditional',
    edits: [
      {
        file: 'aws/ledger.ts',
        text: 'ConditionExpression: `version = :version${',
        replacement: 'ConditionExpression: `version = :version OR attribute_not_exists(nothing)${',
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
