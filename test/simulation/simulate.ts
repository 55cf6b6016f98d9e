import { mappingId } from '../../lambdas/domain/mapping.ts';
import { createDeployments } from './actors/deployments.ts';
import { startDispatchers } from './actors/dispatchers.ts';
import { createExporterFleet } from './actors/exporter-fleet.ts';
import { createForeignObjects } from './actors/foreign-objects.ts';
import { otherZones, startOperators } from './actors/operators.ts';
import { drawOutages } from './actors/outages.ts';
import { startWatchdogs } from './actors/watchdogs.ts';
import { currentToken } from './oracle/attempt-watch.ts';
import { createCreationWatch } from './oracle/creation-watch.ts';
import { readCursorItem } from './oracle/cursor-item.ts';
import { checkDelivery } from './oracle/delivery.ts';
import { createDispatchWatch } from './oracle/dispatch-watch.ts';
import { createEventWatch } from './oracle/event-watch.ts';
import type { Invocation } from './oracle/invocation.ts';
import { createLateRowWatch } from './oracle/late-row-watch.ts';
import { createLedgerWatch } from './oracle/ledger-watch.ts';
import { createMessageWatch } from './oracle/message-watch.ts';
import { createSurveyWatch } from './oracle/survey-watch.ts';
import { createWorkWatch } from './oracle/work-watch.ts';
import { createAuditRows } from './services/audit-rows.ts';
import { type Cloud, createSimulatedBucket, type StoredObject } from './services/cloud.ts';
import type { Database } from './services/dynamodb.ts';
import { createEventBus } from './services/event-bus.ts';
import { createQueue, type Queue } from './services/queue.ts';
import { secretPrefix } from './services/secrets.ts';
import { createTable } from './services/table.ts';
import { createProvisioning } from './truth/accounts.ts';
import { clockChanges } from './truth/boundaries.ts';
import { drawAccount } from './truth/draw-account.ts';
import { mapping } from './truth/mapping.ts';
import { drawRows } from './truth/rows.ts';
import { drawScenario, hour, type SeedOptions, slownessAt } from './truth/scenario.ts';
import type { FaultKind } from './world/fault-kinds.ts';
import { createProcess, type Process } from './world/process.ts';
import { createWorld, type Violation } from './world/world.ts';

export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly rows: number;
  readonly objects: number;
  readonly happenings: number;
  readonly faults: Readonly<Partial<Record<FaultKind, number>>>;
  readonly hash: string;
  readonly trace: readonly string[];
}

/**
 * Four blocks of 1 MiB in compression and one being filled, the upload buffer, five pages, and some reserve: 250
 * large windows needed 7.4 MiB at most.
 */
const mostHeld = 9 * 1024 * 1024;

/**
 * Simulates one seed, from the first tick until everything must be delivered, and compares the outcome with the
 * truth.
 */
export async function simulate(options: SeedOptions): Promise<SeedResult> {
  const scenario = drawScenario(options);
  const { settleSeconds, start, end, faultsUntil, enabled } = scenario;
  const world = createWorld({
    seed: options.seed,
    start,
    faultsUntil,
    enabled,
    keepTrace: options.keepTrace ?? false,
  });
  const chance = world.random('processes');
  const invocations = new Map<Process, Invocation>();
  const outages = drawOutages(world, scenario);
  const startProcess = (name: string): Process => {
    const skew = enabled.has('clock-skew') ? chance.integer(-3000, 3000) : 0;
    if (skew !== 0) world.inject('clock-skew');
    const { faultsPerHundredCalls } = scenario;
    return createProcess(world, { name, skew, faultsPerHundredCalls, outageOf: outages.ofService });
  };

  const accounts = Array.from({ length: options.accounts }, (_, number) =>
    drawAccount(world, scenario, number),
  );
  const byId = new Map(accounts.map(account => [account.id, account]));
  const { partBytes, level } = scenario;
  const deployments = createDeployments(world, { partBytes, level, mapping: mappingId(mapping) });

  const buckets: Cloud['buckets'] = new Map();
  const foreignKeys = new Set<string>();
  const cursorOf = (accountId: string) => ledger.get({ accountId: { S: accountId }, entry: { S: 'cursor' } });
  const lateRows = createLateRowWatch(world, scenario);
  const events = createEventWatch(world, lateRows);
  const work = createWorkWatch(world, scenario.isCalm, invocations);
  const ledgerWatch = createLedgerWatch({
    world,
    work,
    limits: deployments.every,
    fileRow: (accountId, windowEnd, part) => {
      const time = new Date(windowEnd).toISOString().replace(/[-:]|\.000/g, '');
      return ledger.get({
        accountId: { S: accountId },
        entry: { S: `file#${time}#${String(part).padStart(4, '0')}` },
      });
    },
    objectAt: (place, key) => buckets.get(place)?.get(key),
    wasForeign: (place, key) => foreignKeys.has(`${place} ${key}`),
    wasTold: events.wasTold,
    wasRedirected: events.wasRedirected,
    hasChanged: (accountId, { start: from, end: to }, since) =>
      (database.rows.of.get(accountId) ?? []).some(
        ({ recordedAt, visibleAt, deletedAt }) =>
          recordedAt >= from &&
          recordedAt < to &&
          [visibleAt, deletedAt].some(changed => changed >= since && changed <= world.now()),
      ),
    onRecounted: lateRows.onRecounted,
  });
  const accountTable = createTable(['accountId']);
  const ledger = createTable(['accountId', 'entry'], (process, before, after) =>
    ledgerWatch.onWrite(process && invocations.get(process), before, after),
  );
  const provisioning = createProvisioning(world, accountTable, accounts);
  let queue: Queue | undefined;
  const theQueue = (): Queue => {
    if (!queue) throw new TypeError('The queue is not there yet');
    return queue;
  };
  const dispatchWatch = createDispatchWatch(world, provisioning, theQueue);
  const database: Database = {
    accounts: accountTable,
    ledger,
    state: createTable(['name'], (_, before, after) => dispatchWatch(before, after)),
    rows: createAuditRows(
      world,
      new Map(
        accounts.map(account => [account.id, drawRows(world, scenario, { ...account.record, ...account })]),
      ),
      scenario.rowsPerPage,
      (process, bytes) => hold(process, bytes),
    ),
    indexed: provisioning.indexed,
    onRecordRead: (process, accountId, item) =>
      invocations.get(process)?.records.set(accountId, provisioning.versionOf(item)),
    onCursorThere: (process, cursor) => ledgerWatch.onCursorThere(invocations.get(process), cursor),
  };
  const creationWatch = createCreationWatch({
    world,
    accounts,
    isIntended: ledgerWatch.isIntended,
    cursorOf: accountId => {
      const item = cursorOf(accountId);
      return item && readCursorItem(item);
    },
  });
  const cloud: Cloud = {
    buckets,
    access: accountId => byId.get(accountId)?.access ?? { accepted: undefined, refusal: 'access_denied' },
    trouble: outages.ofCloud,
    faultsPerHundredUploads: scenario.faultsPerHundredUploads,
    pieceBytes: scenario.pieceBytes,
    slowness: accountId => slownessAt(scenario, byId.get(accountId)?.number, world.now()),
    onCreate: (process, ...objects) => creationWatch(invocations.get(process), ...objects),
    onExisting: (process, object) => {
      const invocation = invocations.get(process);
      if (!invocation) return;
      invocation.existing = object;
      invocation.existingAt = world.now();
    },
    onUnclear(process) {
      const invocation = invocations.get(process);
      invocation?.unclear.add(currentToken(invocation));
    },
    onRefusal: (process, { accountId, code, generation }) => {
      const account = byId.get(accountId);
      const wasStale =
        code === 'credentials_rejected' &&
        generation !== undefined &&
        account !== undefined &&
        account.generation !== generation &&
        account.access.accepted === account.generation &&
        provisioning.holdsSecret(account);
      invocations.get(process)?.refusals.push({ accountId, code, generation, wasStale });
    },
    onBegin(process) {
      const invocation = invocations.get(process);
      if (invocation) invocation.held = 0;
    },
    onEnd(process) {
      const invocation = invocations.get(process);
      if (invocation) invocation.held = undefined;
    },
    onChunk: (process, bytes) => hold(process, -bytes),
    rotate: accountId => {
      const account = byId.get(accountId);
      if (account) provisioning.rotate(account);
    },
  };
  const messageWatch = createMessageWatch({
    world,
    queue: theQueue,
    cursorOf,
    isContested: ledgerWatch.isContested,
  });
  const fleet = createExporterFleet({
    ...scenario,
    world,
    database,
    queue: theQueue,
    openBucket: (process, opening) => {
      const bucket = createSimulatedBucket(world, cloud, process, opening);
      return {
        ...bucket,
        create: (object, watch) =>
          bucket.create(object, watch).finally(() => work.onUploadEnded(opening.accountId, process)),
      };
    },
    onRead(process, accountId, window) {
      lateRows.onRead(process, accountId, window);
      work.onRead(accountId, process);
    },
    onCount(process, accountId) {
      const invocation = invocations.get(process);
      if (invocation) messageWatch.onCount(invocation, accountId);
    },
    secrets: provisioning.secrets,
    ownerOf: secretId =>
      accounts.find(({ number }) => secretId.startsWith(`${secretPrefix}${number}-`))?.id ?? '',
    eventClient: createEventBus(world, (process, event) => events.onEvent(invocations.get(process), event)),
    limits: deployments.limits,
    startProcess,
    invocations,
    onFailed: messageWatch.onFailed,
    onDone: messageWatch.onDone,
  });
  queue = createQueue(world, fleet.receive, messageWatch.onDead, (process, messageId) => {
    const invocation = invocations.get(process);
    if (invocation) messageWatch.onPostponed(invocation, messageId);
  });

  startOperators({
    world,
    scenario,
    provisioning,
    changePartBytes: deployments.deploy,
    putForeignObject: createForeignObjects(world, buckets, cursorOf, ({ place, key }) =>
      foreignKeys.add(`${place} ${key}`),
    ),
  });
  const timeZones = [
    ...new Set([
      ...scenario.timeZones.slice(0, accounts.length),
      ...(enabled.has('time-zone') ? otherZones : []),
    ]),
  ];
  startDispatchers({ world, scenario, database, queue: theQueue, timeZones, startProcess });
  startWatchdogs({
    world,
    scenario,
    database,
    settle: settleSeconds * 1000,
    startProcess,
    onSurvey: createSurveyWatch({
      world,
      accounts,
      settle: settleSeconds * 1000,
      cursorOf,
      lastWrite: ledgerWatch.lastWrite,
      quietSince: faultsUntil + settleSeconds * 1000 + 8 * hour,
    }),
  });
  if (enabled.has('daylight-saving')) countClockChanges();
  for (const kind of ['backlog', 'slow-bucket', 'long-settle', 'recount'] as const)
    if (enabled.has(kind)) world.inject(kind);
  if (enabled.has('foreign-message')) {
    const at = world.random('foreign-message').integer(start, faultsUntil);
    world.wake(at, () => {
      world.inject('foreign-message');
      theQueue().send('{"not": "ours"}', 0);
    });
  }

  await world.runUntil(end);
  work.check();
  const objects: StoredObject[] = [...buckets.values()].flatMap(bucket => [...bucket.values()]);
  const delivered = checkDelivery({
    world,
    scenario,
    accounts,
    rowsOf: accountId => database.rows.of.get(accountId) ?? [],
    commits: ledgerWatch.commits,
    firstPosition: ledgerWatch.firstPosition,
    intentEnd: accountId => {
      const item = cursorOf(accountId);
      return item && readCursorItem(item).intent?.end;
    },
    objects,
    lateRows,
  });
  for (const { id } of accounts)
    for (const { intent } of ledgerWatch.commits(id)) if (intent.part > 1) world.inject('many-parts');
  return {
    seed: options.seed,
    violations: world.violations,
    ...delivered,
    happenings: world.count(),
    faults: Object.fromEntries(world.faults),
    hash: world.hash(),
    trace: world.lines,
  };

  function hold(process: Process, bytes: number): void {
    const invocation = invocations.get(process);
    if (invocation?.held === undefined) return;
    invocation.held = Math.max(0, invocation.held + bytes);
    if (invocation.held > mostHeld && enabled.has('large-window'))
      world.violate('memory', `${process.name} holds ${invocation.held} bytes that it read`);
  }

  function countClockChanges(): void {
    for (const { record } of accounts)
      for (const change of clockChanges(record.timeZone))
        if (change > start && change < faultsUntil) world.inject('daylight-saving');
  }
}
