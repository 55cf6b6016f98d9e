import { randomUUID } from 'node:crypto';
import type { LocalServer } from './http-server.ts';
import { requiredText, ServiceFault, startJsonProtocolServer } from './json-protocol-server.ts';

interface Version {
  readonly id: string;
  /** Exactly one of the two is set. */
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

type Input = Readonly<Record<string, unknown>>;

/**
 * The part of Secrets Manager that reading and rotating secrets needs, in memory: only the current version, found by
 * name or ARN. The name of a deleted secret stays in use, as in AWS for up to 30 days, until it is restored.
 */
export function startSecretsServer(): Promise<LocalServer> {
  const secrets = new Map<string, Version>();
  const deleted = new Set<string>();

  return startJsonProtocolServer({
    CreateSecret(input) {
      const name = requiredText(input, 'Name');
      refuseDeleted(name);
      if (secrets.has(name))
        throw new ServiceFault('ResourceExistsException', `The secret ${name} already exists.`);
      return put(name, input);
    },
    PutSecretValue: input => put(existing(input), input),
    UpdateSecret: input => put(existing(input), input),
    GetSecretValue(input) {
      const name = existing(input);
      const { id, ...value } = secrets.get(name) ?? { id: '' };
      return { ...identity(name), VersionId: id, VersionStages: ['AWSCURRENT'], ...value };
    },
    DescribeSecret: input => identity(find(input)),
    ListSecrets: () => ({ SecretList: [...secrets.keys()].filter(name => !deleted.has(name)).map(identity) }),
    RestoreSecret(input) {
      const name = find(input);
      deleted.delete(name);
      return identity(name);
    },
    DeleteSecret(input) {
      const name = existing(input);
      deleted.add(name);
      return { ...identity(name), DeletionDate: Date.now() / 1000 };
    },
  });

  function put(name: string, { SecretString, SecretBinary }: Input): object {
    if (typeof SecretString === 'string') secrets.set(name, { id: randomUUID(), SecretString });
    else if (typeof SecretBinary === 'string') secrets.set(name, { id: randomUUID(), SecretBinary });
    else throw new ServiceFault('InvalidRequestException', 'Expected SecretString or SecretBinary.');
    return { ...identity(name), VersionId: secrets.get(name)?.id };
  }

  function existing(input: Input): string {
    const name = find(input);
    refuseDeleted(name);
    return name;
  }

  function refuseDeleted(name: string): void {
    if (!deleted.has(name)) return;
    throw new ServiceFault('InvalidRequestException', `The secret ${name} is scheduled for deletion.`);
  }

  function find(input: Input): string {
    const id = requiredText(input, 'SecretId');
    const name = id.startsWith(arnPrefix) ? id.slice(arnPrefix.length) : id;
    if (secrets.has(name)) return name;
    throw new ServiceFault('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
}

const arnPrefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';

function identity(name: string) {
  return { ARN: `${arnPrefix}${name}`, Name: name };
}
