import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { Process, ServiceErrors } from '../world/process.ts';
import { UnsupportedCallError } from '../world/process.ts';
import type { World } from '../world/world.ts';
import { failsRecount } from './failed-recount.ts';
import { simulatedClient } from './simulated-client.ts';

const refusal = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure' }] };

export interface BusEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const errors: ServiceErrors = {
  throttled: () => Object.assign(new Error('Slow down'), { name: 'ThrottlingException' }),
  unavailable: () => Object.assign(new Error('Try again'), { name: 'InternalException' }),
};

/** EventBridge: passes every accepted event to the listener once (a publisher may send one twice). */
export function createEventBus(world: World, onEvent: (process: Process, event: BusEvent) => void) {
  const chance = world.random('events');
  return (process: Process): EventBridgeClient =>
    simulatedClient(EventBridgeClient.prototype, command =>
      process.call('events', nameOf(command), errors, () => {
        if (!(command instanceof PutEventsCommand))
          throw new UnsupportedCallError(
            `The simulated EventBridge does not know ${command.constructor.name}`,
          );
        const [entry] = command.input.Entries ?? [];
        if (world.faulty() && world.enables('refused-message') && chance.chance(0.005)) {
          process.trouble('refused-message');
          return refusal;
        }
        if (entry?.DetailType === 'Rows Recorded Late' && failsRecount(world, chance)) return refusal;
        onEvent(process, { type: entry?.DetailType ?? '', detail: JSON.parse(entry?.Detail ?? '{}') });
        return { FailedEntryCount: 0, Entries: [{ EventId: '1' }] };
      }),
    );
}

function nameOf(command: object): string {
  if (!(command instanceof PutEventsCommand)) return command.constructor.name;
  const [entry] = command.input.Entries ?? [];
  return `PutEvents ${entry?.DetailType} ${entry?.Detail}`;
}
