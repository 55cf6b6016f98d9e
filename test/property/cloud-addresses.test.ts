import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeCloud } from '../../lambdas/buckets/cloud-address.ts';

/** The ways to embed an IPv4 address in an IPv6 address, from its two 16-bit groups. */
const embeddings: Readonly<Record<string, (high: string, low: string) => string>> = {
  'IPv4-mapped': (high, low) => `::ffff:${high}:${low}`,
  'IPv4-compatible': (high, low) => `::${high}:${low}`,
  'IPv4-translated': (high, low) => `::ffff:0:${high}:${low}`,
  NAT64: (high, low) => `64:ff9b::${high}:${low}`,
  'NAT64 of a local network': (high, low) => `64:ff9b:1:a:b:c:${high}:${low}`,
  '6to4': (high, low) => `2002:${high}:${low}::1`,
  'the server of Teredo': (high, low) => `2001:0:${high}:${low}:8000:63bf:3fff:fdd2`,
  'the client of Teredo': (high, low) => `2001:0:4136:e378:8000:63bf:${inverted(high)}:${inverted(low)}`,
};

const inverted = (group: string) => (0xffff - Number.parseInt(group, 16)).toString(16);

type Bytes = readonly [number, number, number, number];
const byte = fc.integer({ min: 0, max: 255 });
const thisMachineOrLink = fc.oneof(
  fc.tuple(fc.constantFrom(0, 127), byte, byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
);
const anywhere = fc.tuple(byte, byte, byte, byte);

const dotted = (bytes: Bytes) => bytes.join('.');
function embedded(form: string, [a, b, c, d]: Bytes): string {
  const address = embeddings[form]?.((a * 256 + b).toString(16), (c * 256 + d).toString(16)) ?? '';
  expect(isIPv6(address)).toBe(true);
  return address;
}

describe('an address that holds an IPv4 address', () => {
  const form = fc.constantFrom(...Object.keys(embeddings));

  it('leads to this machine or link in no form', () => {
    fc.assert(
      fc.property(form, thisMachineOrLink, (name, bytes) => {
        expect(mayBeCloud({ address: dotted(bytes), family: 4 })).toBe(false);
        expect(mayBeCloud({ address: embedded(name, bytes), family: 6 })).toBe(false);
      }),
    );
  });

  it('is taken as IPv6 writes IPv4, exactly where the IPv4 address is, and in no form that leads through others', () => {
    fc.assert(
      fc.property(form, anywhere, (name, bytes) => {
        const plain = mayBeCloud({ address: dotted(bytes), family: 4 });
        const taken = mayBeCloud({ address: embedded(name, bytes), family: 6 });
        expect(taken).toBe(name === 'IPv4-mapped' && plain);
      }),
    );
  });
});
