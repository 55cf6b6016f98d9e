// The vendor's rules. The build puts the stage's file in their place.
import actionsFile from '#actions' with { type: 'json' };
import { createOcsfEncoder } from '../archive/ocsf/ocsf-encoder.ts';
import type { PageEncoder } from '../archive/page.ts';
import { type Actions, validateActions } from '../domain/actions.ts';
import { ExportError } from '../domain/failure.ts';
import type { Mapping } from '../domain/mapping.ts';

let actions: Actions | undefined;

/** An encoder with the stage's actions. */
export function openOcsfEncoder(accountId: string, settings: Omit<Mapping, 'actions'>): PageEncoder {
  actions ??= deployedActions();
  return createOcsfEncoder(accountId, { ...settings, actions });
}

/** @throws ExportError `internal` if the rules are invalid, which the synthesis of the stack does not let through */
function deployedActions(): Actions {
  const { data, faults } = validateActions(actionsFile);
  if (data !== undefined) return data;
  throw new ExportError('internal', `The actions are invalid: ${faults.join('; ')}`);
}
