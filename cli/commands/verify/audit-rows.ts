import type { Instant } from '../../../lambdas/domain/instant.ts';
import type { AuditLogSource } from '../../../lambdas/environment.ts';
import { deliveredForm, judgeRows, keyRemedy } from '../../stage/audit-log/judge-rows.ts';
import type { rowsOfAccount } from '../../stage/audit-log/sampled-rows.ts';
import type { Step } from '../../stage/bucket/steps.ts';

/** A description may have 400 KB. */
const longestShown = 2_000;

export interface SampledRows {
  readonly rows: Awaited<ReturnType<typeof rowsOfAccount>>;
  readonly source: AuditLogSource;
  readonly now: Instant;
  /**
   * Whether the account is verified alone. Then its newest record is shown, which is a customer's data, and what none of
   * its rows has: of many accounts, some have no such rows by their nature, and `doctor` looks at all together.
   */
  readonly alone: boolean;
}

/** What the newest rows of an account tell of how its records will look, if they come at all. */
export function auditRowSteps({ rows, source, now, alone }: SampledRows): Step[] {
  const name = 'the audit log has rows of the account';
  if (!Array.isArray(rows)) {
    if (rows.reason !== 'other-keys')
      return [{ name, outcome: 'unknown', detail: 'you may not read its table, or there is none' }];
    return [
      {
        name: 'the audit log has the keys that the stage names',
        outcome: 'wrong',
        detail: rows.words,
        remedy: `set auditLog.partitionKey (now ${source.partitionKey}) and auditLog.sortKey (now ${source.sortKey}) to the table’s own`,
      },
    ];
  }
  const [newest] = rows;
  if (newest === undefined)
    return [
      {
        name,
        outcome: 'warning',
        detail: 'it has none: files will be empty until there are; compare the id with that in the audit log',
      },
    ];
  const { unreadableKeys, futureKeys, absentAttributes } = judgeRows(rows, source, now);
  return [
    stepOf('its rows have sort keys of the declared form', 'wrong', unreadableKeys, keyRemedy(source)),
    stepOf('its rows were recorded in the past', 'warning', futureKeys, 'write sort keys in UTC'),
    ...(alone
      ? [
          stepOf(
            'its rows have the attributes that are delivered',
            'warning',
            absentAttributes,
            'compare with auditLog.attributes in the configuration of the stage',
          ),
          recordStep(deliveredForm(newest, source)),
        ]
      : []),
  ];
}

function stepOf(
  name: string,
  otherwise: 'wrong' | 'warning',
  fault: string | undefined,
  remedy: string,
): Step {
  return fault === undefined
    ? { name, outcome: 'right' }
    : { name, outcome: otherwise, detail: fault, remedy };
}

function recordStep({ json, malformed }: ReturnType<typeof deliveredForm>): Step {
  return {
    name: 'its newest row as it is delivered',
    outcome: malformed ? 'warning' : 'right',
    detail: json.length > longestShown ? `${json.slice(0, longestShown)}…` : json,
    ...(malformed && {
      remedy: 'It is malformed: "rows --malformed" tells what is wrong with such rows of a delivered window',
    }),
  };
}
