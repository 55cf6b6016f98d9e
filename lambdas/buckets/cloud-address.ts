import { type LookupAddress, lookup } from 'node:dns';
import type { AgentOptions } from 'node:https';
import { BlockList, type LookupFunction } from 'node:net';

/**
 * Addresses at which no cloud is: this machine, where Lambda's own interface listens, and the link, where metadata
 * services hand out credentials. Private addresses are not among them: through a VPC endpoint a cloud has one.
 */
const nowhere = new BlockList();
nowhere.addSubnet('0.0.0.0', 8);
nowhere.addSubnet('127.0.0.0', 8);
nowhere.addSubnet('169.254.0.0', 16);
nowhere.addSubnet('224.0.0.0', 3);
/**
 * IPv6 addresses that stand for an IPv4 address and lead to it through a translator or a tunnel: the ranges above could
 * be reached by them. They are refused whole, since no cloud has one of its own. A network with NAT64 answers with both
 * forms where the machine has an IPv4 address too, as every function in a VPC does, and the IPv4 address is taken then.
 */
const translated = [
  ['::', 96], // IPv4-compatible, and :: and ::1 themselves
  ['::ffff:0:0:0', 96], // IPv4-translated
  ['64:ff9b::', 96], // NAT64
  ['64:ff9b:1::', 48], // NAT64 of a local network
  ['2001::', 32], // Teredo
  ['2002::', 16], // 6to4
] as const;
for (const [network, bits] of translated) nowhere.addSubnet(network, bits, 'ipv6');
nowhere.addSubnet('fe80::', 10, 'ipv6');
nowhere.addSubnet('fd00:ec2::', 32, 'ipv6');
nowhere.addSubnet('ff00::', 8, 'ipv6');

/** True if the address may be a cloud's; IPv4 as IPv6 writes it (`::ffff:192.0.2.1`) counts as the IPv4 address. */
export function mayBeCloud({ address, family }: LookupAddress): boolean {
  return !nowhere.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Name resolution for connections to the clouds' own hosts. Which host that is no customer can choose beyond a bucket's
 * or an account's name; this holds even if its name should lead to this machine.
 */
export const lookupCloud: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const allowed = addresses.filter(mayBeCloud);
    const [first] = allowed;
    if (first === undefined) return callback(refused(hostname), '', 0);
    return options.all ? callback(null, allowed) : callback(null, first.address, first.family);
  });
};

/**
 * How connections to a cloud are made. Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 *
 * @param endpoint another server in the cloud's place, which may be on this machine
 */
export function cloudConnections(
  endpoint: string | undefined,
  lookup: LookupFunction | undefined = endpoint === undefined ? lookupCloud : undefined,
): AgentOptions {
  return { keepAlive: true, rejectUnauthorized: true, ...(lookup !== undefined && { lookup }) };
}

function refused(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} leads to no cloud`), { code: 'EADDRNOTAVAIL' });
}
