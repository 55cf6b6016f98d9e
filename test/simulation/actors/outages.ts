import type { Destination } from '../../../lambdas/domain/account.ts';
import type { Scenario } from '../truth/scenario.ts';
import type { Service } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** In minutes: hours mostly, sometimes days. */
const longestOutages = [60, 9 * 60, 60 * 60];

/** Hours in which one cloud, or DynamoDB, answers nobody. */
export function drawOutages(world: World, { start, faultsUntil }: Scenario) {
  const random = world.random('outages');
  const draw = (what: string) => {
    const from = random.integer(start, faultsUntil);
    const until = Math.min(faultsUntil, from + random.integer(5, random.pick(longestOutages)) * 60_000);
    world.trace('outage', `${what} from ${new Date(from).toISOString()} to ${new Date(until).toISOString()}`);
    return { what, from, until };
  };
  const clouds = world.enables('cloud-outage') ? [draw(random.pick(['s3', 'gcs', 'azure'])), draw('s3')] : [];
  const services = world.enables('table-outage') ? [draw('dynamodb')] : [];
  const isOut = (list: typeof clouds, name: string) =>
    list.some(({ what, from, until }) => what === name && from <= world.now() && world.now() < until);
  return {
    isCloudOut: (type: Destination['type']) => isOut(clouds, type),
    isServiceOut: (service: Service) => isOut(services, service),
  };
}
