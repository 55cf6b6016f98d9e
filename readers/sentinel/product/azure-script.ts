/** What the script has set up, as far as Sentinel's connection can use it. */
export interface StorageSetup {
  readonly account: string;
  readonly queues: readonly string[];
  /** The roles of Sentinel's application, as `role on scope`. */
  readonly roles: readonly string[];
  readonly subscription: {
    readonly endpoint: string;
    readonly beginsWith: string;
    readonly endsWith: string;
  };
}

const application = '4f05ce56-95b6-4612-9d98-a45c8cc33f9f';
const principal = 'id of the application in the tenant';

/** The options of each command. A word must be given as it is; of `undefined` any word is right. */
const commands: Readonly<Record<string, Readonly<Record<string, string | undefined>>>> = {
  'az account set': { subscription: 'REPLACE_WITH_STORAGE_SUBSCRIPTION_ID' },
  'az storage account show': {
    name: undefined,
    'resource-group': 'REPLACE_WITH_STORAGE_RESOURCE_GROUP',
    query: 'id',
    output: 'tsv',
  },
  'az ad sp list': { filter: `appId eq '${application}'`, query: '[0].id', output: 'tsv' },
  'az ad sp create': { id: application, query: 'id', output: 'tsv' },
  'az storage queue create': { name: undefined, 'account-name': undefined, 'auth-mode': 'login' },
  'az role assignment create': {
    'assignee-object-id': principal,
    'assignee-principal-type': 'ServicePrincipal',
    role: undefined,
    scope: undefined,
  },
  'az eventgrid event-subscription create': {
    name: 'siem-export-sentinel',
    'source-resource-id': 'id of the storage account',
    'endpoint-type': 'storagequeue',
    endpoint: undefined,
    'included-event-types': 'Microsoft.Storage.BlobCreated',
    'subject-case-sensitive': 'true',
    'subject-begins-with': undefined,
    'subject-ends-with': undefined,
  },
};

/**
 * Runs the script's commands in thought.
 *
 * @throws Error for a command or an option that `az` does not know, and for a command that is missing
 */
export function runScript(script: string): StorageSetup {
  const lines = script.split('\n').filter(line => line !== '' && !/^#(?!!)/.test(line));
  if (lines.shift() !== '#!/bin/sh' || lines.shift() !== 'set -eu')
    throw new Error('The script does not stop at an error');
  const variables: Record<string, string> = {};
  const run = lines.map(line => {
    const { variable, guard, command } =
      /^(?:(?<guard>\[ -n "\$principal" \] \|\| )?(?<variable>\w+)="\$\((?<command>.*)\)")$/.exec(line)
        ?.groups ?? {};
    const result = runCommand(command ?? line, variables);
    if (variable === 'storage' && result.name === 'az storage account show')
      variables.storage = 'id of the storage account';
    else if (variable === 'principal' && result.name === `az ad sp ${guard ? 'create' : 'list'}`)
      variables.principal = principal;
    else if (variable !== undefined) throw new Error(`${line} sets no variable that is used`);
    return result;
  });
  const all = (name: string) => run.filter(command => command.name === name).map(({ options }) => options);
  const one = (name: string) => {
    const [found, ...others] = all(name);
    if (found === undefined || others.length > 0) throw new Error(`${name} has to run once`);
    return found;
  };
  one('az account set');
  one('az ad sp list');
  one('az ad sp create');
  const account = one('az storage account show').name ?? '';
  const created = all('az storage queue create');
  if (created.some(options => options['account-name'] !== account))
    throw new Error('A queue is made in another storage account');
  const subscription = one('az eventgrid event-subscription create');
  return {
    account,
    queues: created.map(({ name = '' }) => name),
    roles: all('az role assignment create').map(({ role, scope }) => `${role} on ${scope}`),
    subscription: {
      endpoint: subscription.endpoint ?? '',
      beginsWith: subscription['subject-begins-with'] ?? '',
      endsWith: subscription['subject-ends-with'] ?? '',
    },
  };
}

function runCommand(line: string, variables: Readonly<Record<string, string>>) {
  const name = Object.keys(commands).find(known => line.startsWith(`${known} --`));
  if (name === undefined) throw new Error(`There is no command ${line}`);
  const words = wordsOf(line.slice(name.length), variables);
  const options: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 2) {
    const [option = '', value] = [words[index]?.replace(/^--/, ''), words[index + 1]];
    if (value === undefined || options[option] !== undefined) throw new Error(`${line} has a wrong option`);
    options[option] = value;
  }
  const known = commands[name] ?? {};
  const wrong = [...new Set([...Object.keys(known), ...Object.keys(options)])].filter(
    option =>
      !(option in known) ||
      options[option] === undefined ||
      (known[option] ?? options[option]) !== options[option],
  );
  if (wrong.length > 0) throw new Error(`${name} has wrong options: ${wrong.join(', ')}`);
  return { name, options };
}

/** The words of a command as a POSIX shell splits them, as far as the script needs it. */
function wordsOf(text: string, variables: Readonly<Record<string, string>>): string[] {
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"|\\(.)/g, (_, single, double, escaped) => {
      if (double === undefined) return single ?? escaped;
      return double.replaceAll(/\$(\w+)/g, (_: string, name: string) => {
        const value = variables[name];
        if (value === undefined) throw new Error(`The script uses ${name} before it is set`);
        return value;
      });
    }),
  );
}
