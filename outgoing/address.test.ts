import { expect, test } from 'vitest';
import { groupsOf, kindOfAddress, type AddressKind } from './address';

/** Every range that is not the public internet: its first and last address and the neighbours on both sides. */
type Neighbour = [string, AddressKind] | undefined;
const ranges: [string, AddressKind, string, string, Neighbour, Neighbour][] = [
  ['this network', 'never', '0.0.0.0', '0.255.255.255', undefined, ['1.0.0.0', 'public']],
  ['private 10/8', 'private', '10.0.0.0', '10.255.255.255', ['9.255.255.255', 'public'], ['11.0.0.0', 'public']],
  ['shared 100.64/10', 'private', '100.64.0.0', '100.127.255.255', ['100.63.255.255', 'public'], ['100.128.0.0', 'public']],
  ['loopback', 'private', '127.0.0.0', '127.255.255.255', ['126.255.255.255', 'public'], ['128.0.0.0', 'public']],
  ['link-local', 'private', '169.254.0.0', '169.254.255.255', ['169.253.255.255', 'public'], ['169.255.0.0', 'public']],
  ['private 172.16/12', 'private', '172.16.0.0', '172.31.255.255', ['172.15.255.255', 'public'], ['172.32.0.0', 'public']],
  ['protocol assignments', 'never', '192.0.0.0', '192.0.0.255', ['191.255.255.255', 'public'], ['192.0.1.0', 'public']],
  ['documentation 1', 'never', '192.0.2.0', '192.0.2.255', ['192.0.1.255', 'public'], ['192.0.3.0', 'public']],
  ['AS112', 'never', '192.31.196.0', '192.31.196.255', ['192.31.195.255', 'public'], ['192.31.197.0', 'public']],
  ['AMT', 'never', '192.52.193.0', '192.52.193.255', ['192.52.192.255', 'public'], ['192.52.194.0', 'public']],
  ['6to4 relay', 'never', '192.88.99.0', '192.88.99.255', ['192.88.98.255', 'public'], ['192.88.100.0', 'public']],
  ['private 192.168/16', 'private', '192.168.0.0', '192.168.255.255', ['192.167.255.255', 'public'], ['192.169.0.0', 'public']],
  ['AS112 direct', 'never', '192.175.48.0', '192.175.48.255', ['192.175.47.255', 'public'], ['192.175.49.0', 'public']],
  ['benchmarks', 'never', '198.18.0.0', '198.19.255.255', ['198.17.255.255', 'public'], ['198.20.0.0', 'public']],
  ['documentation 2', 'never', '198.51.100.0', '198.51.100.255', ['198.51.99.255', 'public'], ['198.51.101.0', 'public']],
  ['documentation 3', 'never', '203.0.113.0', '203.0.113.255', ['203.0.112.255', 'public'], ['203.0.114.0', 'public']],
  ['multicast', 'never', '224.0.0.0', '239.255.255.255', ['223.255.255.255', 'public'], ['240.0.0.0', 'never']],
  ['reserved and broadcast', 'never', '240.0.0.0', '255.255.255.255', ['239.255.255.255', 'never'], undefined],
  ['unspecified v6', 'never', '::', '::', undefined, ['::1', 'private']],
  ['loopback v6', 'private', '::1', '::1', ['::', 'never'], ['::2', 'never']],
  ['compatible', 'never', '::2', '::ffff:ffff', ['::1', 'private'], ['::1:0:0', 'never']],
  ['mapped', 'never', '::ffff:0:0', '::ffff:ffff:ffff', ['::fffe:ffff:ffff', 'never'], ['::1:0:0:0', 'never']],
  ['translated', 'never', '::ffff:0:0:0', '::ffff:0:ffff:ffff', ['::fffe:ffff:ffff:ffff', 'never'], ['::ffff:1:0:0', 'never']],
  ['NAT64', 'never', '64:ff9b::', '64:ff9b::ffff:ffff', ['64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff', 'never'], ['64:ff9b::1:0:0', 'never']],
  ['NAT64 local', 'never', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff', ['64:ff9b:0:ffff:ffff:ffff:ffff:ffff', 'never'], ['64:ff9b:2::', 'never']],
  ['discard', 'never', '100::', '100::ffff:ffff:ffff:ffff', ['ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'], ['100:0:0:1::', 'never']],
  ['protocol v6, Teredo first', 'never', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff', ['2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], ['2001:200::', 'public']],
  ['documentation v6', 'never', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], ['2001:db9::', 'public']],
  ['6to4', 'never', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], ['2003::', 'public']],
  ['AS112 v6', 'never', '2620:4f:8000::', '2620:4f:8000:ffff:ffff:ffff:ffff:ffff', ['2620:4f:7fff:ffff:ffff:ffff:ffff:ffff', 'public'], ['2620:4f:8001::', 'public']],
  ['documentation v6 2', 'never', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff', ['3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], ['3fff:1000::', 'public']],
  ['beyond global unicast', 'never', '4000::', '5eff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'public'], ['5f00::', 'never']],
  ['segment routing', 'never', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, ['5f01::', 'never']],
  ['unique local', 'private', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'], ['fe00::', 'never']],
  ['link-local v6', 'private', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ['fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'never'], ['fec0::', 'never']],
  ['site-local', 'never', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, ['ff00::', 'never']],
  ['multicast v6', 'never', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', undefined, undefined],
];

test.each(ranges)('S1 %s: first, last and the neighbours are told apart', (_name, kind, first, last, before, after) => {
  expect([kindOfAddress(first), kindOfAddress(last)]).toEqual([kind, kind]);
  for (const neighbour of [before, after]) if (neighbour) expect(kindOfAddress(neighbour[0]), neighbour[0]).toBe(neighbour[1]);
});

test('S1 an address is judged whatever its notation, and what is none is never let through', () => {
  for (const mapped of ['::ffff:8.8.8.8', '::FFFF:127.0.0.1', '0:0:0:0:0:ffff:7f00:1', '::127.0.0.1', '::8.8.8.8', '64:ff9b::8.8.8.8', '2002:7f00:1::']) expect(kindOfAddress(mapped), mapped).toBe('never');
  for (const none of ['', 'x', '1.2.3', '01.2.3.4', '1.2.3.256', 'fe80::1%eth0', '[::1]', ':::', '1:2:3:4:5:6:7:8:9', '127.1', '0x7f.1', '2130706433']) expect(kindOfAddress(none), none).toBe('never');
  for (const open of ['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '2A00:1450:4001:0:0:0:0:200e']) expect(kindOfAddress(open), open).toBe('public');
  expect(groupsOf('1::2:3.4.5.6')).toEqual([1, 0, 0, 0, 0, 2, 0x304, 0x506]);
});
