import { relative } from 'node:path';
import { Option } from 'commander';
import type { Actions } from '../../lambdas/domain/actions.ts';
import { type Mapping, mappingId } from '../../lambdas/domain/mapping.ts';
import type { ExporterEnvironment } from '../../lambdas/environment.ts';
import { defaultActionsFile, readActionsFile } from '../../readers/actions-file.ts';
import { CommandError } from '../terminal/command-error.ts';

/** The vendor's actions, in a file on this machine. */
export interface LocalActions {
  readonly path: string;
  readonly rules: Actions;
}

export interface ActionsOptions {
  readonly actions?: string;
}

/** The option that names the file. A function, because an option belongs to one command. */
export function actionsOption(): Option {
  return new Option('--actions <file>', 'what your actions mean; by default readers/actions.json');
}

/** @throws CommandError `usage` with every fault of the file */
export function readActions({ actions: given }: ActionsOptions): LocalActions {
  const path = given ?? relative('', defaultActionsFile);
  const { data: rules, faults } = readActionsFile(path);
  if (rules !== undefined) return { path, rules };
  throw new CommandError('usage', `The actions are invalid:${faults.map(fault => `\n  ${fault}`).join('')}`, {
    details: { faults: faults.map(fault => ({ line: null, accountId: null, fault })) },
  });
}

/** How the stage's exporter would make OCSF events with these actions. */
export function mappingWith({ rules }: LocalActions, { ocsf }: ExporterEnvironment): Mapping {
  const { version, product } = ocsf;
  return { version, product, actions: rules };
}

/** Whether the stage's exporter was deployed with these actions. */
export function areDeployed(actions: LocalActions, environment: ExporterEnvironment): boolean {
  return mappingId(mappingWith(actions, environment)) === environment.ocsf.mapping;
}
