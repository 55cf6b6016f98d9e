import { type LookupAddress, lookup } from 'node:dns';
import type { AgentOptions } from 'node:https';
import { BlockList, type LookupFunction } from 'node:net';

/**
 * Addresses that no cloud has, and that must never be contacted: those of this machine, where Lambda's runtime
 * interface listens, and link-local ones, where metadata services give out credentials. Private addresses are allowed:
 * through a VPC endpoint a cloud has a private address.
 */
const nowhere = new BlockList();
nowhere.addSubnet('0.0.0.0', 8);
nowhere.addSubnet('127.0.0.0', 8);
nowhere.addSubnet('169.254.0.0', 16);
nowhere.addSubnet('224.0.0.0', 3);
/**
 * IPv6 addresses that embed an IPv4 address and reach it through a translator or a tunnel. They could reach the ranges
 * above, and no cloud has one, so all are refused. A network with NAT64 still works: a function in a VPC always has an
 * IPv4 address, name resolution then returns both forms, and the IPv4 address is used.
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

/**
 * True if the address may belong to a cloud. An IPv4-mapped address (`::ffff:192.0.2.1`) counts as the IPv4 address.
 */
export function mayBeCloud({ address, family }: LookupAddress): boolean {
  return !nowhere.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Name resolution for connections to the clouds. Customers choose only the name of a bucket or a storage account in the
 * host name. If such a name should nevertheless resolve to a forbidden address, the connection fails.
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
 * Options for connections to a cloud. Certificates are always checked, even if NODE_TLS_REJECT_UNAUTHORIZED is 0.
 *
 * @param endpoint a server in place of the cloud, for local mode and tests; it may be on this machine
 */
export function cloudConnections(
  endpoint: string | undefined,
  lookup: LookupFunction | undefined = endpoint === undefined ? lookupCloud : undefined,
): AgentOptions {
  return { keepAlive: true, rejectUnauthorized: true, ...(lookup !== undefined && { lookup }) };
}

function refused(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} resolves only to addresses that no cloud has`), {
    code: 'EADDRNOTAVAIL',
  });
}
