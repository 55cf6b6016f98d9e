import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Process, ServiceErrors } from '../world/process.ts';
import { UnsupportedCallError } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { type AuditRows, mostBehind } from './audit-rows.ts';
import { conditionOf, type Item, updateOf } from './expressions.ts';
import { simulatedClient } from './simulated-client.ts';
import { copyItem, type Table } from './table.ts';

export interface Database {
  readonly accounts: Table;
  readonly ledger: Table;
  readonly state: Table;
  readonly rows: AuditRows;
  /** The ids in the index on the time zone, which is a moment behind the table. */
  indexed(timeZone: string): readonly string[];
  /** Called for every account record that a process reads. */
  onRecordRead(process: Process, accountId: string, record: Item | undefined): void;
  /** Called when a process tries to create an existing cursor. */
  onCursorThere(process: Process, cursor: Item): void;
}

export const tableNames = { accounts: 'Accounts', ledger: 'Ledger', state: 'State', rows: 'AuditLogs' };
const metadata = { $metadata: {} };

const errors: ServiceErrors = {
  throttled: () => new ProvisionedThroughputExceededException({ message: 'Slow down', ...metadata }),
  unavailable: () => new InternalServerError({ message: 'Try again', ...metadata }),
};

/** The maximum number of consecutive calls that meet the same conflict. */
const longestConflict = 8;

/** DynamoDB as seen by one process. It supports the calls and expressions in use, and refuses all others. */
export function createDatabaseClient(world: World, database: Database, process: Process): DynamoDBClient {
  const chance = world.random('tables');
  const conflicts = world.random('conflicts');
  // The SDK sends a command with one token, and a repetition with the same token succeeds.
  const committed = new WeakSet<object>();
  let conflictsLeft = 0;
  return simulatedClient(DynamoDBClient.prototype, async (command, options) => {
    if (command instanceof QueryCommand && command.input.TableName === tableNames.rows)
      return database.rows.query(process, command, errors, options?.abortSignal);
    return process.call('dynamodb', nameOf(command), errors, () => perform(command));
  });

  function perform(command: object): unknown {
    if (command instanceof GetItemCommand) return { Item: get(command.input) };
    if (command instanceof PutItemCommand) return put(command.input);
    if (command instanceof UpdateItemCommand) return updateAlone(command.input);
    if (command instanceof TransactWriteItemsCommand) return transact(command);
    if (command instanceof QueryCommand)
      return command.input.TableName === tableNames.ledger
        ? queryLedger(command.input)
        : queryIndex(command.input);
    if (command instanceof ScanCommand) return scan(command.input);
    if (command instanceof BatchGetItemCommand) return getMany(command.input);
    throw new UnsupportedCallError(`The simulated DynamoDB does not know ${command.constructor.name}`);
  }

  function get(input: GetItemCommand['input']): Item | undefined {
    if (!input.ConsistentRead) throw new UnsupportedCallError('An inconsistent read could show the past');
    return table(input.TableName).get(input.Key ?? {});
  }

  function put({
    TableName,
    Item = {},
    ConditionExpression,
    ExpressionAttributeValues = {},
  }: PutItemCommand['input']) {
    const into = table(TableName);
    expectUsed(ExpressionAttributeValues, ConditionExpression);
    if (ConditionExpression !== undefined) {
      const present = into.get(keyOf(TableName, Item));
      if (!conditionOf(ConditionExpression)(present, { values: ExpressionAttributeValues })) {
        if (TableName === tableNames.ledger && present) database.onCursorThere(process, present);
        throw conditionFailed();
      }
    }
    into.put(process, Item);
    return {};
  }

  /** Executes puts and conditional updates together or not at all. */
  function transact(command: TransactWriteItemsCommand) {
    if (committed.has(command)) return {};
    const items = command.input.TransactItems ?? [];
    const puts = items.flatMap(({ Put }) => Put ?? []);
    const updates = items.flatMap(({ Update }) => Update ?? []);
    if (
      puts.length + updates.length < items.length ||
      puts.some(one => one.ConditionExpression !== undefined)
    )
      throw new UnsupportedCallError('The simulated DynamoDB does not know the transaction');
    if (!updates.every(conditionHolds)) throw cancelled('ConditionalCheckFailed');
    if (items.some(({ Put, Update }) => meetsConflict((Put ?? Update)?.TableName)))
      throw cancelled('TransactionConflict');
    // Puts come first, because the oracle checks them when the cursor moves.
    for (const one of puts) put(one);
    for (const one of updates) update(one);
    committed.add(command);
    return {};
  }

  /** A conflict hits one call or several in a row. Only the ledger has transactions. */
  function meetsConflict(tableName: string | undefined): boolean {
    if (tableName !== tableNames.ledger || !world.faulty() || !world.enables('conflict')) return false;
    if (conflictsLeft === 0 && conflicts.chance(0.02)) conflictsLeft = conflicts.integer(1, longestConflict);
    if (conflictsLeft === 0) return false;
    conflictsLeft--;
    process.trouble('conflict');
    return true;
  }

  function updateAlone(input: UpdateItemCommand['input']) {
    if (!conditionHolds(input)) throw conditionFailed();
    if (meetsConflict(input.TableName))
      throw new TransactionConflictException({ message: 'A transaction is at work', ...metadata });
    return update(input);
  }

  function conditionHolds({
    TableName,
    Key = {},
    ConditionExpression,
    ExpressionAttributeValues: values,
    ExpressionAttributeNames: names,
  }: UpdateInput) {
    if (ConditionExpression === undefined) return true;
    return conditionOf(ConditionExpression)(table(TableName).get(Key), { values, names });
  }

  function update(input: UpdateInput) {
    const into = table(input.TableName);
    const { ExpressionAttributeValues: values, ExpressionAttributeNames: names } = input;
    expectUsed({ ...values, ...names }, `${input.UpdateExpression} ${input.ConditionExpression}`);
    const item = into.get(input.Key ?? {}) ?? { ...input.Key };
    updateOf(input.UpdateExpression ?? '')(item, { values, names });
    into.put(process, item);
    return input.ReturnValues === 'ALL_NEW' ? { Attributes: copyItem(item) } : {};
  }

  function queryIndex(input: QueryCommand['input']) {
    const timeZone = input.ExpressionAttributeValues?.[':timeZone']?.S;
    const name = input.ExpressionAttributeNames?.['#timeZone'];
    if (
      input.KeyConditionExpression !== '#timeZone = :timeZone' ||
      name !== 'timeZone' ||
      timeZone === undefined
    )
      throw new UnsupportedCallError(`The simulated DynamoDB does not know ${input.KeyConditionExpression}`);
    const after = input.ExclusiveStartKey?.accountId?.S ?? '';
    const all = database.indexed(timeZone).filter(accountId => accountId > after);
    const page = all.slice(0, chance.integer(1, 3)).map(accountId => ({ accountId: { S: accountId } }));
    const last = page.at(-1);
    return { Items: page, LastEvaluatedKey: page.length < all.length ? last : undefined };
  }

  /** Files of an account, a few at a time, possibly a moment old. */
  function queryLedger(input: QueryCommand['input']) {
    const { ':account': account, ':from': from, ':to': to } = input.ExpressionAttributeValues ?? {};
    if (input.KeyConditionExpression !== 'accountId = :account AND #entry BETWEEN :from AND :to')
      throw new UnsupportedCallError(`The simulated DynamoDB does not know ${input.KeyConditionExpression}`);
    const lastSeen = input.ExclusiveStartKey?.entry?.S ?? '';
    const shownUntil = world.now() - chance.integer(0, mostBehind);
    const all = database.ledger.items().filter(({ accountId, entry, deliveredAt }) => {
      const name = entry?.S ?? '';
      const isAsked = accountId?.S === account?.S && name >= (from?.S ?? '') && name <= (to?.S ?? '');
      return isAsked && name > lastSeen && Date.parse(deliveredAt?.S ?? '') <= shownUntil;
    });
    const page = all.slice(0, chance.integer(1, 4)).map(copyItem);
    const last = page.at(-1);
    return {
      Items: page,
      LastEvaluatedKey:
        page.length < all.length && last ? { accountId: last.accountId, entry: last.entry } : undefined,
    };
  }

  function scan(input: ScanCommand['input']) {
    const after = input.ExclusiveStartKey?.accountId?.S ?? '';
    const all = table(input.TableName)
      .items()
      .filter(item => (item.accountId?.S ?? '') > after);
    const page = all.slice(0, chance.integer(1, 4));
    const last = page.at(-1)?.accountId;
    return {
      Items: page.map(copyItem),
      LastEvaluatedKey: page.length < all.length && last ? { accountId: last } : undefined,
    };
  }

  /** Sometimes answers only a part, as DynamoDB may: some of many items, none of one, or one of several tables. */
  function getMany({ RequestItems: requests = {} }: BatchGetItemCommand['input']) {
    const responses: Record<string, readonly Item[]> = {};
    const unprocessed: typeof requests = {};
    for (const [name, request] of Object.entries(requests)) {
      const keys = request.Keys ?? [];
      if (requests[tableNames.accounts] && name !== tableNames.state && !request.ConsistentRead)
        throw new UnsupportedCallError('An inconsistent read could show the past');
      const isCut = world.enables('unprocessed-keys') && chance.chance(0.1);
      if (isCut) world.inject('unprocessed-keys');
      const taken = isCut ? chance.below(keys.length) : keys.length;
      responses[name] = keys.slice(0, taken).flatMap(key => read(name, key));
      if (taken < keys.length) unprocessed[name] = { ...request, Keys: keys.slice(taken) };
    }
    return { Responses: responses, UnprocessedKeys: unprocessed };
  }

  function read(name: string, key: Item): readonly Item[] {
    const item = table(name).get(key);
    const accountId = key.accountId?.S ?? '';
    if (name === tableNames.accounts) database.onRecordRead(process, accountId, item);
    if (!item) return [];
    if (name === tableNames.ledger) overlookLeases(Object.values(item.attempts?.M ?? {}));
    return [item];
  }

  /** A lease only saves work: a run that does not see it must not lose or duplicate rows. */
  function overlookLeases(attempts: readonly AttributeValue[]): void {
    const leased = attempts.filter(({ M: attempt }) => attempt?.lease);
    if (leased.length === 0 || !world.faulty() || !world.enables('overlooked-lease') || !chance.chance(0.3))
      return;
    for (const { M: attempt } of leased) delete attempt?.lease;
    process.trouble('overlooked-lease');
  }

  function table(name: string | undefined): Table {
    if (name === tableNames.accounts) return database.accounts;
    if (name === tableNames.ledger) return database.ledger;
    if (name === tableNames.state) return database.state;
    throw new UnsupportedCallError(`There is no table ${name}`);
  }
}

function keyOf(tableName: string | undefined, item: Item): Item {
  const { accountId, entry, name } = item;
  if (tableName === tableNames.ledger && accountId && entry) return { accountId, entry };
  if (tableName === tableNames.state && name) return { name };
  throw new UnsupportedCallError(`Nobody but operators puts an item into ${tableName}`);
}

type UpdateInput = Pick<
  UpdateItemCommand['input'],
  | 'TableName'
  | 'Key'
  | 'UpdateExpression'
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
  | 'ReturnValues'
>;

interface NamedInput {
  readonly TableName?: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly UpdateExpression?: string;
}

function nameOf(command: object): string {
  const { input } = command as {
    input: NamedInput & { TransactItems?: readonly { Update?: NamedInput }[] };
  };
  const named = input.TransactItems?.find(({ Update }) => Update)?.Update ?? input;
  const key = named.Key ?? named.Item;
  return `${command.constructor.name} ${named.TableName ?? ''} ${key?.accountId?.S ?? ''} ${key?.entry?.S ?? ''} ${named.UpdateExpression ?? ''}`;
}

/** DynamoDB refuses names and values that no expression uses. */
function expectUsed(placeholders: object, expressions = ''): void {
  const used: readonly string[] = expressions.match(/[:#]\w+/g) ?? [];
  for (const name in placeholders)
    if (!used.includes(name)) throw new UnsupportedCallError(`No expression uses ${name}`);
}

function cancelled(code: 'ConditionalCheckFailed' | 'TransactionConflict'): TransactionCanceledException {
  return new TransactionCanceledException({
    message: 'Transaction cancelled',
    CancellationReasons: [{ Code: code === 'TransactionConflict' ? code : 'None' }, { Code: code }],
    ...metadata,
  });
}

function conditionFailed(): ConditionalCheckFailedException {
  return new ConditionalCheckFailedException({ message: 'The conditional request failed', ...metadata });
}
