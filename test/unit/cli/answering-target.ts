import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CommandContext } from '../../../cli/stage/context.ts';
import type { Target } from '../../../cli/stage/target/target.ts';
import type { Report } from '../../../cli/terminal/report.ts';
import type { Terminal } from '../../../cli/terminal/terminal.ts';
import type { Actions } from '../../../lambdas/domain/actions.ts';
import { defaultAttributes } from '../../../lambdas/domain/audit-record.ts';
import { mappingId } from '../../../lambdas/domain/mapping.ts';
import { faultsOf } from '../../stack/cli-schemas.ts';

export interface Stage {
  readonly records: readonly Record<string, unknown>[];
  /** The actions with which the stage is deployed. */
  readonly deployed?: Actions;
  /** Answers everything but the read of a record. */
  readonly answer?: (command: object) => object;
}

export const product = { name: 'Example SaaS', vendor: 'Example' };

/** A stage whose tables answer from memory. */
export function answeringTarget({ records, deployed = [], answer = fail }: Stage): Target {
  const send = async (command: object) => {
    if (!(command instanceof GetItemCommand)) return answer(command);
    const found = records.find(({ accountId }) => accountId === command.input.Key?.accountId?.S);
    return { Item: found && marshall(found) };
  };
  const version = '1.1.0';
  const { sortKey, ...attributes } = defaultAttributes;
  const environment = {
    ocsf: { version, product, mapping: mappingId({ version, product, actions: deployed }) },
    auditLog: { tableName: 'rows', partitionKey: 'accountId', sortKey, sortKeyType: 'iso', attributes },
  };
  return {
    command: 'siem-export --stage prod',
    // The paginators of the SDK take no client of another class.
    dynamodb: Object.assign(Object.create(DynamoDBClient.prototype), { send }),
    outputs: { AccountsTableName: 'accounts', SecretPrefix: 'siem-export/prod/' },
    environment: async () => environment,
  } as unknown as Target;
}

/** What a command works with; without a target it must not open one. */
export function contextOf(target?: Target): CommandContext {
  return {
    terminal: { progress: () => undefined } as unknown as Terminal,
    json: false,
    connection: {},
    target: async () => target ?? fail(),
  };
}

/** The lines of a report without colours, each trimmed at its end. */
export function linesOf({ lines }: Report, columns = Number.POSITIVE_INFINITY): string[] {
  const terminal = { columns, paint: (_style: unknown, text: string) => text } as unknown as Terminal;
  return lines(terminal).map(line => line.trimEnd());
}

/** How a report violates the schema of its command. */
export function schemaFaults({ json }: Report, command: string): unknown {
  return faultsOf(`${command}.schema.json`, json);
}

function fail(): never {
  throw new Error('No stage may be opened, and nothing else may be asked');
}
