import type { Destination } from '../../../lambdas/domain/account.ts';
import type { Scenario } from '../truth/scenario.ts';
import type { FaultKind } from '../world/fault-kinds.ts';
import type { Service } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** In minutes: mostly hours, sometimes days. */
const longestOutages = [60, 9 * 60, 60 * 60];
const shortOutages = [30, 4 * 60];
const outageKinds: Partial<Record<Service, FaultKind>> = { dynamodb: 'table-outage', sqs: 'queue-outage' };

/** Periods in which one cloud, DynamoDB or the queue does not answer. */
export function drawOutages(world: World, { start, faultsUntil }: Scenario) {
  const random = world.random('outages');
  const draw = (what: string, longest = longestOutages) => {
    const from = random.integer(start, faultsUntil);
    const until = Math.min(faultsUntil, from + random.integer(5, random.pick(longest)) * 60_000);
    world.trace('outage', `${what} from ${new Date(from).toISOString()} to ${new Date(until).toISOString()}`);
    return { what, from, until };
  };
  const clouds = ['s3', 'gcs', 'azure'];
  const failing = world.enables('cloud-outage') ? [draw(random.pick(clouds)), draw('s3')] : [];
  const silent = world.enables('silent-cloud') ? [draw(random.pick(clouds)), draw(random.pick(clouds))] : [];
  const services = [
    ...(world.enables('table-outage') ? [draw('dynamodb')] : []),
    ...(world.enables('queue-outage') ? [draw('sqs', shortOutages), draw('sqs', shortOutages)] : []),
  ];
  const isOut = (list: typeof failing, name: string) =>
    list.some(({ what, from, until }) => what === name && from <= world.now() && world.now() < until);
  return {
    ofCloud(type: Destination['type']) {
      if (isOut(silent, type)) return 'silent-cloud';
      return isOut(failing, type) ? 'cloud-outage' : undefined;
    },
    ofService: (service: Service) => (isOut(services, service) ? outageKinds[service] : undefined),
  };
}
